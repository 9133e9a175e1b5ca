/** Changing records. */

import { canonicalText, copyJson } from "@kith/schema";
import type { TransactionScope } from "../context/scope.ts";
import type { Session } from "../context/session.ts";
import { inCommand } from "../context/transact.ts";
import { XrmError } from "../errors.ts";
import type { EntityModel } from "../model/model.ts";
import type { Row } from "../storage/storage.ts";
import type { EntityCommands } from "./entity-commands.ts";
import { runHooks } from "./hook-runner.ts";
import { conflict, notFound } from "./outcomes.ts";
import type { Values } from "./read-values.ts";
import { recordEvent } from "./record-event.ts";
import { validateRecord } from "./validate.ts";

/** Options of an update. */
export interface UpdateOptions {
  readonly ifVersion: number | undefined;
}

/** Changes one record; gives it as it then is. */
export async function updateRecord(
  session: Session,
  commands: EntityCommands,
  id: string,
  given: unknown,
  options: UpdateOptions,
): Promise<Row> {
  const { system, scope } = session;
  const heard = system.events.heard(commands.entity.name, "updated");
  const simple = !commands.updateNeedsPrevious && !heard;
  if (!simple || scope) {
    return inCommand(session, (inner, tx) =>
      simple
        ? updateAtOnce(inner, tx, commands, id, given, options)
        : updateFully(inner, tx, commands, id, given, options),
    );
  }
  return updateAtOnce(session, undefined, commands, id, given, options);
}

/** One statement: the condition on id and version stands in it, and so does "only if something changes". */
async function updateAtOnce(
  session: Session,
  tx: TransactionScope | undefined,
  commands: EntityCommands,
  id: string,
  given: unknown,
  { ifVersion }: UpdateOptions,
): Promise<Row> {
  const { entity, reader } = commands;
  const { system } = session;
  const set = reader.read(given, "update");
  for (const _ in set) {
    const now = tx?.now ?? system.now();
    const stamps = { updatedAt: now, updatedBy: session.actor?.id ?? null };
    const writer = tx?.tx ?? system.connection;
    const written = writer.write([{ type: "update", entity, id, set, stamps, ifVersion }]);
    const [row] = written instanceof Promise ? await written : written;
    if (row) return row as Row;
    break;
  }
  // Nothing was written: no such record, another version, or no change.
  const current = await system.byId(entity, id, tx?.tx);
  if (!current) throw notFound(entity, id);
  if (ifVersion !== undefined && current["version"] !== ifVersion) throw conflict(entity, current, ifVersion, set);
  return current;
}

async function updateFully(
  session: Session,
  tx: TransactionScope,
  commands: EntityCommands,
  id: string,
  asked: unknown,
  { ifVersion }: UpdateOptions,
): Promise<Row> {
  const { entity, hooks, reader } = commands;
  const { system } = session;
  let values = reader.read(asked, "update");
  const previous = await system.byId(entity, id, tx.tx, true);
  if (!previous) throw notFound(entity, id);
  if (ifVersion !== undefined && previous["version"] !== ifVersion) throw conflict(entity, previous, ifVersion, values);
  if (hooks.beforeUpdate) {
    const before = copyJson(values);
    await runHooks(session, hooks.beforeUpdate, entity.name, id, { id, values, previous: copyJson(previous) });
    values = reader.readAgain(values, "update", before);
    tx.check();
  }
  const given = changedValues(entity, values, previous);
  if (Object.keys(given).length === 0) return previous;
  const set = { ...given, ...changedValues(entity, derived(commands, { ...previous, ...given }), previous) };
  const changed = Object.keys(set);
  const stamps = { updatedAt: tx.now, updatedBy: session.actor?.id ?? null };
  const version = (previous["version"] as number) + 1;
  validateRecord(commands, { ...previous, ...set, ...stamps, version }, "update");
  const [row] = await tx.tx.write([{ type: "update", entity, id, set, stamps, ifVersion: undefined }]);
  if (!row) throw notFound(entity, id);
  if (system.events.heard(entity.name, "updated")) {
    tx.events.push(
      recordEvent(session, entity.name, "updated", copyJson(row as Row), copyJson(previous), changed, tx.now),
    );
  }
  if (!hooks.afterUpdate) return row as Row;
  await runHooks(session, hooks.afterUpdate, entity.name, id, {
    row: copyJson(row),
    previous,
    changed: new Set(changed),
  });
  // A hook may have changed the record further, or deleted it; the caller gets what there is.
  return (await system.byId(entity, id, tx.tx)) ?? (row as Row);
}

/** The values that follow from the rest of a record. */
function derived(commands: EntityCommands, row: Row): Values {
  const values: Values = {};
  for (const field of commands.derived) values[field.name] = commands.reader.derive(field, row, "update");
  return values;
}

/** The values that differ from the record's. */
function changedValues(entity: EntityModel, values: Values, previous: Row): Values {
  const set: Values = {};
  for (const name of Object.keys(values)) {
    if (!entity.byName.has(name)) continue;
    const before = previous[name];
    const after = values[name];
    if (before === after || (typeof after === "object" && canonicalText(before) === canonicalText(after))) continue;
    set[name] = after;
  }
  return set;
}

/** Changes all records that match; says how many matched. */
export async function updateMatching(
  session: Session,
  commands: EntityCommands,
  find: (tx: TransactionScope) => Promise<string[]>,
  given: unknown,
): Promise<number> {
  return inCommand(session, async (inner, tx) => {
    commands.reader.read(given, "update");
    const ids = await find(tx);
    for (const id of ids) await updateRecord(inner, commands, id, given, { ifVersion: undefined });
    return ids.length;
  });
}

/** Checks the `ifVersion` option. */
export function readIfVersion(entity: EntityModel, value: unknown): number | undefined {
  if (value === undefined || (typeof value === "number" && Number.isSafeInteger(value) && value >= 1))
    return value as number | undefined;
  throw new XrmError(
    "INVALID_OPTIONS",
    `ifVersion must be the version that was read, a whole number from 1 up ('${entity.name}').`,
    { entity: entity.name, params: { option: "ifVersion" } },
  );
}
