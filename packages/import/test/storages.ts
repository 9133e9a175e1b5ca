// The storages that imports are tested on.
import type { Storage } from "@kith/core";
import { memory } from "@kith/memory";
import { sqlite } from "@kith/sqlite";

export const storages: readonly (readonly [name: string, open: () => Storage])[] = [
  ["memory", () => memory()],
  ["sqlite", () => sqlite({ file: ":memory:" })],
];
