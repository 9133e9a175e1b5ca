// The same in phases, as large databases are changed.
import { describe } from "vitest";
import { changeCases } from "./change-cases.ts";

describe("in phases", () => changeCases(0));
