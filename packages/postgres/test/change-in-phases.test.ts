// The same in phases, as large databases are changed.
import { changeSuiteWith } from "./changes.ts";

changeSuiteWith("postgres, in phases", 0);
