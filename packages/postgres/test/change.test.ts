// Changing the model in one transaction, as small databases are changed.
import { changeSuiteWith } from "./changes.ts";

changeSuiteWith("postgres, at once");
