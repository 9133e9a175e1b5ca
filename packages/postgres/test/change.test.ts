// Changing the model in one transaction, as small databases are changed.
import { describe } from "vitest";
import { changeCases } from "./change-cases.ts";

describe("at once", () => changeCases(undefined));
