import { storageSuite } from "@kith/testing";
import { describe, it } from "vitest";
import { memory } from "../src/index.ts";

storageSuite({ describe, it }, { name: "memory", create: () => ({ storage: memory() }) });
