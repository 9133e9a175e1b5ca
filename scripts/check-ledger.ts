/**
 * Nothing declared is decorative: every key that declarations, queries and options accept stands in ledger.json beside the code that gives it its
 * effect, and every line of the ledger names a key that is accepted and code that is there.
 *
 * The keys are read from the code that accepts them, so that a new key without a line fails, and so does a line that has outlived its key.
 */

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commonOptions, entityKeys, type FieldType, fieldTypes } from "@kith/schema";
import { backupKeys, restoreKeys } from "../packages/core/src/backup.ts";
import { applyKeys, planKeys } from "../packages/core/src/change/library.ts";
import { actorKeys } from "../packages/core/src/context/actor.ts";
import { controlKeys } from "../packages/core/src/context/control.ts";
import { hookEvents } from "../packages/core/src/hooks/hooks.ts";
import { checkDeclarationKeys } from "../packages/core/src/model/checks.ts";
import { modelKeys } from "../packages/core/src/model/define-model.ts";
import { operationKeys } from "../packages/core/src/operations/operation.ts";
import { pluginKeys } from "../packages/core/src/plugin/plugin.ts";
import { aggregateKeys } from "../packages/core/src/query/parse-aggregate.ts";
import { bucketKeys } from "../packages/core/src/query/parse-groups.ts";
import { measureKeys } from "../packages/core/src/query/parse-measures.ts";
import { queryKeys } from "../packages/core/src/query/run.ts";
import { includeKeys } from "../packages/core/src/query/scan-query.ts";
import { streamKeys } from "../packages/core/src/query/stream.ts";
import { transactionKeys } from "../packages/core/src/repository/handle.ts";
import { writeKeys } from "../packages/core/src/repository/repository.ts";
import { searchKeys } from "../packages/core/src/search/search-all.ts";
import { searchableKeys } from "../packages/core/src/search/search-model.ts";
import { limitKeys, xrmKeys } from "../packages/core/src/xrm.ts";
import { mappingShape } from "../packages/import/src/mapping/shape.ts";
import { importShape } from "../packages/import/src/read-options.ts";
import { postgresKeys } from "../packages/postgres/src/postgres-storage.ts";
import { sqliteKeys } from "../packages/sqlite/src/sqlite-storage.ts";
import { type Problem, report } from "./lib/report.ts";

const root = dirname(import.meta.dirname);
const file = "scripts/ledger.json";

/** Keys by where they are accepted; a line of the ledger is `place.key`. */
function accepted(): Set<string> {
  const places: Record<string, Iterable<string>> = {
    model: modelKeys,
    plugin: pluginKeys,
    entity: entityKeys,
    check: checkDeclarationKeys,
    operation: operationKeys,
    hook: hookEvents,
    field: [...commonOptions, "searchable"],
    "field.searchable": searchableKeys,
    query: new Set([...Object.values(queryKeys).flatMap((keys) => [...keys]), ...includeKeys, ...streamKeys]),
    aggregate: aggregateKeys,
    measure: measureKeys,
    bucket: bucketKeys,
    read: controlKeys,
    backup: backupKeys,
    restore: restoreKeys,
    write: writeKeys,
    transaction: transactionKeys,
    search: searchKeys,
    actor: actorKeys,
    xrm: xrmKeys,
    change: new Set([...planKeys, ...applyKeys]),
    limits: limitKeys,
    postgres: postgresKeys,
    sqlite: sqliteKeys,
    import: Object.keys(importShape),
    "import.column": Object.keys(mappingShape),
    ...Object.fromEntries(fieldTypes.map((type: FieldType) => [`field.${type.kind}`, Object.keys(type.options)])),
  };
  return new Set(Object.entries(places).flatMap(([place, keys]) => [...keys].map((key) => `${place}.${key}`)));
}

const ledger = JSON.parse(readFileSync(join(root, file), "utf8")) as Record<string, string>;
const problems: Problem[] = [];
const keys = accepted();

for (const key of keys) {
  if (!Object.hasOwn(ledger, key))
    problems.push({
      file,
      message: `'${key}' is accepted but has no line; name the code that enforces it, or refuse the key`,
    });
}
for (const [key, place] of Object.entries(ledger)) {
  if (!keys.has(key)) problems.push({ file, message: `'${key}' is no longer accepted; take its line out` });
  const [path = "", symbol = ""] = place.split("#");
  if (!existsSync(join(root, path))) problems.push({ file, message: `'${key}' names ${path}, which is not there` });
  else if (symbol === "" || !new RegExp(`\\b${symbol}\\b`).test(readFileSync(join(root, path), "utf8"))) {
    problems.push({ file, message: `'${key}' names ${symbol || "no symbol"} in ${path}, which is not there` });
  }
}
report(`ledger (${keys.size} keys)`, problems);
