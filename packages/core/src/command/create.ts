/** Creating records. */

import { copyJson } from "@kith/schema";
import type { TransactionScope } from "../context/scope.ts";
import type { Session } from "../context/session.ts";
import { inCommand } from "../context/transact.ts";
import { XrmError } from "../errors.ts";
import type { RecordEvent } from "../events/events.ts";
import type { Row as StoredRow } from "../storage/storage.ts";
import type { EntityCommands } from "./entity-commands.ts";
import { runHooks } from "./hook-runner.ts";
import type { Values } from "./read-values.ts";
import { recordEvent } from "./record-event.ts";
import { validateRecord } from "./validate.ts";

/** Creates records of one entity, all or none; gives them as they were written. */
export async function createRecords(
  session: Session,
  commands: EntityCommands,
  list: readonly unknown[],
): Promise<StoredRow[]> {
  if (list.length === 0) return [];
  const { hooks, entity, generated } = commands;
  const { scope } = session;
  const hooked = hooks.beforeCreate !== undefined || hooks.afterCreate !== undefined;
  if (!scope && !hooked && generated.length === 0) return createAtOnce(session, commands, list);
  return inCommand(session, async (inner, tx) => {
    if (hooked) {
      const rows: StoredRow[] = [];
      for (const values of list) rows.push(await createHooked(inner, tx, commands, values));
      return rows;
    }
    const rows = prepareAll(inner, commands, list, tx.now);
    for (const row of rows) await generate(tx, commands, row);
    await tx.tx.write([{ type: "insert", entity, rows }]);
    announce(inner, commands, rows, (event) => tx.events.push(event), tx.now);
    return rows;
  });
}

/** Without hooks one batch is the whole transaction. */
async function createAtOnce(
  session: Session,
  commands: EntityCommands,
  list: readonly unknown[],
): Promise<StoredRow[]> {
  const { system } = session;
  const now = system.now();
  const rows = prepareAll(session, commands, list, now);
  const written = system.connection.write([{ type: "insert", entity: commands.entity, rows }]);
  if (written instanceof Promise) await written;
  if (system.events.heard(commands.entity.name, "created")) {
    const events: RecordEvent[] = [];
    announce(session, commands, rows, (event) => events.push(event), now);
    system.events.emit(events);
  }
  return rows;
}

function prepareAll(session: Session, commands: EntityCommands, list: readonly unknown[], now: string): StoredRow[] {
  // A list with holes has undefined in them, which is refused.
  return Array.from(list, (given, i) => {
    try {
      const values = prepare(session, commands, given, now);
      const row = complete(session, commands, values, now);
      validateRecord(commands, row, "create");
      return row;
    } catch (error) {
      throw list.length > 1 ? atPlace(error, i) : error;
    }
  });
}

/** Normal form and defaults. */
function prepare(session: Session, commands: EntityCommands, given: unknown, now: string): Values {
  const { reader, defaults } = commands;
  const values = reader.read(given, "create");
  for (const { field, fill } of defaults) {
    if (values[field.name] === undefined)
      values[field.name] = reader.readDefault(field, () => fill({ actor: session.actor, now }));
  }
  return values;
}

/** The whole row, every stored field present, in the entity's order. */
function complete(session: Session, commands: EntityCommands, values: Values, now: string): StoredRow {
  const by = session.actor?.id ?? null;
  const row: StoredRow = {
    id: values["id"] ?? session.system.newId(),
    version: 1,
    createdAt: now,
    createdBy: by,
    updatedAt: now,
    updatedBy: by,
  };
  for (const field of commands.own) row[field.name] = values[field.name] ?? null;
  for (const field of commands.derived) row[field.name] = commands.reader.derive(field, row, "create");
  return row;
}

async function createHooked(
  session: Session,
  tx: TransactionScope,
  commands: EntityCommands,
  given: unknown,
): Promise<StoredRow> {
  const { entity, hooks } = commands;
  let values = prepare(session, commands, given, tx.now);
  if (hooks.beforeCreate) {
    const before = own(values);
    await runHooks(session, hooks.beforeCreate, entity.name, values["id"] as string | undefined, { values });
    values = commands.reader.readAgain(values, "create", before);
  }
  const row = complete(session, commands, values, tx.now);
  validateRecord(commands, row, "create");
  await generate(tx, commands, row);
  tx.check();
  await tx.tx.write([{ type: "insert", entity, rows: [row] }]);
  announce(session, commands, [row], (event) => tx.events.push(event), tx.now);
  if (!hooks.afterCreate) return own(row);
  const id = row["id"] as string;
  await runHooks(session, hooks.afterCreate, entity.name, id, { row: own(row) });
  // A hook may have changed the record, or deleted it; the caller gets what there is.
  return (await session.system.byId(entity, id, tx.tx)) ?? own(row);
}

async function generate(tx: TransactionScope, commands: EntityCommands, row: StoredRow): Promise<void> {
  for (const field of commands.generated) {
    const generator = field.type.generate as NonNullable<typeof field.type.generate>;
    const sequence = `${field.entity}.${field.name}:${generator.sequence(field.def, tx.now)}`;
    row[field.name] = generator.format(field.def, await tx.tx.nextNumber(sequence), tx.now);
  }
}

function announce(
  session: Session,
  commands: EntityCommands,
  rows: readonly StoredRow[],
  push: (event: RecordEvent) => void,
  now: string,
): void {
  if (!session.system.events.heard(commands.entity.name, "created")) return;
  for (const row of rows) push(recordEvent(session, commands.entity.name, "created", own(row), null, [], now));
}

/** A copy that its receiver may change. */
function own(row: StoredRow): StoredRow {
  return copyJson(row);
}

/** Says which of several records is meant. */
function atPlace(error: unknown, i: number): unknown {
  if (!(error instanceof XrmError) || error.code !== "INVALID_RECORD") return error;
  const issues = error.issues.map((issue) => ({ ...issue, path: [i, ...issue.path] }));
  return new XrmError(error.code, `Record ${i}: ${error.message}`, {
    entity: error.entity,
    field: error.field,
    issues,
    cause: error,
  });
}
