/** Mappings and aliases from JSON files. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ColumnMapping, Mapping } from "@kith/import";
import type { Texts } from "./texts/texts.ts";
import { UsageError } from "./usage-error.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** What the files say: a mapping, and whether columns that it does not name find their fields by themselves. */
export interface FileMapping {
  readonly map?: Mapping;
  readonly auto?: boolean;
}

/**
 * Reads a mapping (`{ field: column }`) and aliases (`{ field: { value: other } }`), which are put into it. What is in the mapping, the import checks.
 *
 * @throws {UsageError}
 */
export function readMap(
  mapFile: string | undefined,
  aliasFile: string | undefined,
  cwd: string,
  texts: Texts,
): FileMapping {
  if (mapFile === undefined && aliasFile === undefined) return {};
  const map: Record<string, unknown> = Object.assign(
    Object.create(null),
    mapFile === undefined ? {} : readObject(mapFile, cwd, texts),
  );
  const aliases = aliasFile === undefined ? {} : readObject(aliasFile, cwd, texts);
  for (const [field, values] of Object.entries(aliases)) {
    const given = map[field];
    const mapping = (typeof given === "string" ? { from: given } : (given ?? {})) as ColumnMapping;
    map[field] = { ...mapping, aliases: { ...mapping.aliases, ...(values as ColumnMapping["aliases"]) } };
  }
  // Aliases alone are no mapping: columns still go where their names say.
  return { map: map as Mapping, ...(mapFile === undefined ? { auto: true } : {}) };
}

function readObject(file: string, cwd: string, texts: Texts): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(resolve(cwd, file), "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new UsageError(texts.badJsonFile(file, (error as Error).message), undefined, error);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UsageError(texts.badJsonFile(file, texts.notAnObject));
  return value as JsonObject;
}
