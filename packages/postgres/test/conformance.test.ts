import { storageSuite } from "@kith/testing";
import { describe, it } from "vitest";
import { temporary } from "./fixture.ts";

storageSuite(
  { describe, it },
  {
    name: "postgres",
    create: () => temporary(),
    exceptions: { "search/a-field-made-searchable-later": "tables are made, and not changed yet" },
  },
);
