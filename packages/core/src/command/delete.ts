/** Deleting records, and what lookups to them ask for: a cascade or a clear is a command like any other, with its hooks and events. */

import { copyJson } from "@kith/schema";
import type { TransactionScope } from "../context/scope.ts";
import type { Session } from "../context/session.ts";
import { inCommand } from "../context/transact.ts";
import { XrmError } from "../errors.ts";
import type { FieldModel } from "../model/model.ts";
import { wholeField } from "../model/parts.ts";
import type { EntityCommands } from "./entity-commands.ts";
import { runHooks } from "./hook-runner.ts";
import { conflict, notFound } from "./outcomes.ts";
import { recordEvent } from "./record-event.ts";
import { updateRecord } from "./update.ts";

/** The longest chain of cascades. */
const maxCascadeDepth = 100;

/** Deletes one record. */
export async function deleteRecord(
  session: Session,
  commands: EntityCommands,
  id: string,
  ifVersion: number | undefined,
): Promise<void> {
  const { entity, hooks, followUps } = commands;
  const { system, scope } = session;
  const heard = system.events.heard(entity.name, "deleted");
  const simple = !heard && !hooks.beforeDelete && !hooks.afterDelete && followUps.length === 0;
  if (simple && !scope) return deleteAtOnce(session, undefined, commands, id, ifVersion);
  return inCommand(session, (inner, tx) =>
    simple
      ? deleteAtOnce(inner, tx, commands, id, ifVersion)
      : deleteFully(inner, tx, commands, id, ifVersion, new Set()),
  );
}

/** Deletes all records that match; says how many matched. */
export async function deleteMatching(
  session: Session,
  commands: EntityCommands,
  find: (tx: TransactionScope) => Promise<string[]>,
): Promise<number> {
  return inCommand(session, async (inner, tx) => {
    const ids = await find(tx);
    // The youngest first: in a tree whose branches may not be deleted before their leaves, leaves are made last.
    for (const id of ids.toReversed()) {
      // A cascade from one of the others may have taken it along.
      if (await inner.system.byId(commands.entity, id, tx.tx)) await deleteRecord(inner, commands, id, undefined);
    }
    return ids.length;
  });
}

async function deleteAtOnce(
  session: Session,
  tx: TransactionScope | undefined,
  commands: EntityCommands,
  id: string,
  ifVersion: number | undefined,
): Promise<void> {
  const { entity } = commands;
  const writer = tx?.tx ?? session.system.connection;
  const written = writer.write([{ type: "delete", entity, id, ifVersion }]);
  const [deleted] = written instanceof Promise ? await written : written;
  if (deleted) return;
  const current = ifVersion === undefined ? undefined : await session.system.byId(entity, id, tx?.tx);
  throw current && ifVersion !== undefined ? conflict(entity, current, ifVersion, {}) : notFound(entity, id);
}

async function deleteFully(
  session: Session,
  tx: TransactionScope,
  commands: EntityCommands,
  id: string,
  ifVersion: number | undefined,
  leaving: Set<string>,
): Promise<void> {
  const { entity, hooks, followUps } = commands;
  const { system } = session;
  const previous = await system.byId(entity, id, tx.tx, true);
  if (!previous) throw notFound(entity, id);
  if (ifVersion !== undefined && previous["version"] !== ifVersion) throw conflict(entity, previous, ifVersion, {});
  if (leaving.size >= maxCascadeDepth) {
    throw new XrmError(
      "RESTRICTED",
      `Deleting would cascade through more than ${maxCascadeDepth} levels; delete the lowest records first.`,
      { entity: entity.name, params: { id } },
    );
  }
  // Ids may be the caller's own, so that records of two entities can have the same.
  const key = `${entity.name} ${id}`;
  leaving.add(key);
  if (hooks.beforeDelete) {
    await runHooks(session, hooks.beforeDelete, entity.name, id, { id, previous: copyJson(previous) });
    tx.check();
  }
  for (const lookup of followUps) await followUp(session, tx, lookup, id, leaving);
  const [deleted] = await tx.tx.write([{ type: "delete", entity, id, ifVersion: undefined }]);
  if (!deleted) throw notFound(entity, id);
  leaving.delete(key);
  if (system.events.heard(entity.name, "deleted")) {
    tx.events.push(recordEvent(session, entity.name, "deleted", copyJson(previous), null, [], tx.now));
  }
  if (hooks.afterDelete) await runHooks(session, hooks.afterDelete, entity.name, id, { id, previous });
}

/** Deletes or clears what looks up to a record that is about to go. */
async function followUp(
  session: Session,
  tx: TransactionScope,
  lookup: FieldModel,
  id: string,
  leaving: Set<string>,
): Promise<void> {
  const { system } = session;
  const commands = system.commands(lookup.entity);
  const whole = wholeField(lookup);
  const cascade = lookup.relation?.type === "one" && lookup.relation.onDelete === "cascade";
  for (const child of await system.idsBy(lookup, id, tx.tx)) {
    if (!cascade) await updateRecord(session, commands, child, { [whole.name]: null }, { ifVersion: undefined });
    else if (!leaving.has(`${lookup.entity} ${child}`))
      await deleteFully(session, tx, commands, child, undefined, leaving);
    // A circle of records that delete each other: the one that is on its way out already lets go first.
    else if (!whole.required) {
      const stamps = { updatedAt: tx.now, updatedBy: session.actor?.id ?? null };
      await tx.tx.write([
        {
          type: "update",
          entity: commands.entity,
          id: child,
          set: { [whole.name]: null },
          stamps,
          ifVersion: undefined,
        },
      ]);
    }
  }
}
