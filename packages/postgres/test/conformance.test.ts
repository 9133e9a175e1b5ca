import { storageSuite } from "@kith/testing";
import { describe, it } from "vitest";
import { temporary } from "./fixture.ts";

storageSuite({ describe, it }, { name: "postgres", create: () => temporary() });
