/** Finding a record by a unique key, and changing it, or making it. */

import { describe, didYouMean, encodeValue, type Operator, printable } from "@kith/schema";
import type { TransactionScope } from "../context/scope.ts";
import type { Session } from "../context/session.ts";
import { inCommand } from "../context/transact.ts";
import { XrmError } from "../errors.ts";
import type { EntityModel, FieldModel, UniqueModel } from "../model/model.ts";
import { fieldPath, wholeField } from "../model/parts.ts";
import type { Condition } from "../query/ast.ts";
import { valueIn } from "../query/evaluate.ts";
import type { Row } from "../storage/storage.ts";
import { createRecords } from "./create.ts";
import type { EntityCommands } from "./entity-commands.ts";
import type { Values } from "./read-values.ts";
import { updateRecord } from "./update.ts";

/** Updates the record that holds the same unique key as the values, or creates one. */
export async function upsertRecord(
  session: Session,
  commands: EntityCommands,
  given: unknown,
  by: unknown,
): Promise<Row> {
  const { entity } = commands;
  const uniques = readBy(entity, by);
  return inCommand(session, async (inner, tx) => {
    const values = commands.reader.read(given, "create");
    const find = async () => {
      let id: string | undefined;
      for (const unique of uniques) id ??= await findByUnique(inner, tx, entity, unique, values);
      return id;
    };
    let id = await find();
    if (id === undefined) {
      const create = async () => (await createRecords(inner, commands, [given]))[0] as Row;
      if (session.system.storage.capabilities.oneWriter) return create();
      const made = await unlessTaken(tx, entity, uniques, create);
      if (made) return made;
      id = await find();
      // Whoever made it has deleted it again.
      if (id === undefined) return create();
    }
    // As they were given: a schema need not take its own normal form.
    const { id: _, ...changes } = given as Values;
    for (const field of uniques[0]?.fields ?? []) delete changes[wholeField(field).name];
    for (const field of entity.fields) if (field.writable === "create") delete changes[field.name];
    return updateRecord(inner, commands, id, changes, { ifVersion: undefined });
  });
}

/** Creates the record, unless another transaction has made one with the same key since it was looked for; then nothing is left of the attempt. */
async function unlessTaken(
  tx: TransactionScope,
  entity: EntityModel,
  uniques: readonly UniqueModel[],
  create: () => Promise<Row>,
): Promise<Row | undefined> {
  const told = tx.events.length;
  const savepoint = await tx.tx.savepoint();
  try {
    const made = await create();
    await savepoint.release();
    return made;
  } catch (error) {
    const isKey = (names: unknown) => uniques.some(({ fields }) => sameNames(fields, names));
    const taken =
      error instanceof XrmError &&
      error.code === "UNIQUE" &&
      error.entity === entity.name &&
      isKey(error.params["fields"]);
    if (!taken || tx.failure !== undefined) throw error;
    await savepoint.rollback();
    tx.events.length = told;
    return undefined;
  }
}

function sameNames(fields: UniqueModel["fields"], names: unknown): boolean {
  return Array.isArray(names) && names.join() === fields.map((field) => wholeField(field).name).join();
}

/** The unique keys of these fields: several when one of them leads to several entities. */
function readBy(entity: EntityModel, by: unknown): UniqueModel[] {
  const names = Array.isArray(by) ? by : [by];
  const given = entity.uniques.filter(({ fields }) => fields.every((field) => !field.type.generate));
  const sets = [...new Set(given.map((unique) => unique.fields.map((field) => wholeField(field).name).join(", ")))];
  const found = given.filter(
    ({ fields }) => fields.length === names.length && fields.every((field) => names.includes(wholeField(field).name)),
  );
  if (found.length > 0) return found;
  if (by === undefined) {
    throw new XrmError(
      "INVALID_OPTIONS",
      `upsert needs the unique key that it finds the record by: upsert(values, { by: 'email' }) ('${entity.name}').`,
      {
        entity: entity.name,
        params: { option: "by" },
      },
    );
  }
  const asked = names.map((name) => (typeof name === "string" ? printable(name) : describe(name))).join(", ");
  const known =
    sets.length > 0
      ? ` Unique are: ${sets.join("; ")}.`
      : ` '${entity.name}' declares no unique field; add unique: true.`;
  throw new XrmError(
    "INVALID_OPTIONS",
    `upsert: by (${asked}) is no unique key of '${entity.name}'.${known}${didYouMean(asked, sets)}`,
    { entity: entity.name, params: { option: "by" } },
  );
}

/** The id of the record that the unique constraint would clash with. */
async function findByUnique(
  session: Session,
  tx: TransactionScope,
  entity: EntityModel,
  { fields }: UniqueModel,
  values: Values,
): Promise<string | undefined> {
  const operands = fields.map((field) => valueIn(values, field));
  // A null is free: it clashes with nothing.
  if (operands.includes(null)) return undefined;
  const where = (): Condition => ({
    kind: "all",
    of: fields.map((field, param) => ({ kind: "test", field, operator: sameUnique(field), word: "eq", param })),
  });
  const key = `${entity.name}|unique|${fields.map(fieldPath).join()}`;
  const [id] = await session.system.ids(key, entity, where, operands, tx.tx);
  return id;
}

/** Equality as the unique constraint has it: over the columns that `uniqueBy` names. */
function sameUnique({ type, def }: FieldModel): Operator {
  const columns = type.uniqueBy?.(def) ?? [0];
  const pick = (value: unknown) => {
    const encoded = encodeValue(type, value, def);
    return columns.map((column) => encoded[column] as string);
  };
  return {
    nulls: false,
    operand: "value",
    test: (a, b) => pick(a).join("\0") === pick(b).join("\0"),
    predicate: () => ({ all: columns.map((column, param) => ({ compare: "=", left: { column }, right: { param } })) }),
    params: (value) => pick(value),
  };
}
