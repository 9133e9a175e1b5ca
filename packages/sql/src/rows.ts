/** From a row as the driver gives it, an array, to a record. The mapper is generated as code once per plan; closures do the same where code cannot be made from text. */

import type { StoredRow as Row } from "@kith/core";
import type { FieldReader } from "./columns.ts";

/** One property of a record. */
export type Slot =
  | { readonly kind: "field"; readonly name: string; readonly reader: FieldReader }
  /** A record joined in, absent when the column at `present` is null. */
  | { readonly kind: "one"; readonly name: string; readonly present: number; readonly slots: readonly Slot[] }
  /** A reference to a record of one of several entities, with the record as its target's own slot gives it. */
  | {
      readonly kind: "reference";
      readonly name: string;
      readonly reader: FieldReader;
      /** By the name of the entity; an entity that was not asked for has none. */
      readonly targets: Readonly<Record<string, Slot>>;
    }
  /** Filled in by a later statement: a list, or a record. */
  | { readonly kind: "later"; readonly name: string; readonly many: boolean };

/** Makes a record. */
export type RowMapper = (row: readonly unknown[]) => Row;

/** The mapper of a record's properties, in their order. */
export function rowMapper(slots: readonly Slot[], generate: boolean): RowMapper {
  return generate ? generated(slots) : closed(slots);
}

function generated(slots: readonly Slot[]): RowMapper {
  const functions: unknown[] = [];
  const call = (fn: unknown, argument: string) => `f${functions.push(fn) - 1}(${argument})`;
  const literal = (of: readonly Slot[]): string =>
    `{${of.map((slot) => `${JSON.stringify(slot.name)}:${valueCode(slot, literal, call)}`).join()}}`;
  const body = literal(slots);
  const names = functions.map((_, i) => `f${i}`);
  return new Function(...names, `return (r) => (${body})`)(...functions);
}

function valueCode(
  slot: Slot,
  literal: (of: readonly Slot[]) => string,
  call: (fn: unknown, argument: string) => string,
) {
  if (slot.kind === "later") return slot.many ? "[]" : "null";
  if (slot.kind === "reference")
    return call(
      referenceReader(slot, (inner) => generated([inner])),
      "r",
    );
  if (slot.kind === "one") return `r[${slot.present}]===null?null:${literal(slot.slots)}`;
  const { reader } = slot;
  const column = `r[${reader.at[0]}]`;
  if (reader.direct) return column;
  return reader.one ? `${column}===null?null:${call(reader.one, column)}` : call(reader.read, "r");
}

function closed(slots: readonly Slot[]): RowMapper {
  const parts = slots.map((slot): { name: string; value: (row: readonly unknown[]) => unknown } => {
    const { name } = slot;
    if (slot.kind === "field") return { name, value: slot.reader.read };
    if (slot.kind === "later") return { name, value: slot.many ? () => [] : () => null };
    if (slot.kind === "reference") return { name, value: referenceReader(slot, (inner) => closed([inner])) };
    const { present } = slot;
    const inner = closed(slot.slots);
    return { name, value: (row) => (row[present] === null ? null : inner(row)) };
  });
  return (row) => {
    const record: Row = {};
    for (const { name, value } of parts) record[name] = value(row);
    return record;
  };
}

/** `{ entity, id, record }`; the record is what the slot of the entity gives under its own name. */
function referenceReader(
  { reader, targets }: Extract<Slot, { kind: "reference" }>,
  mapperOf: (slot: Slot) => RowMapper,
): (row: readonly unknown[]) => unknown {
  const records = new Map(
    Object.entries(targets).map(([entity, slot]) => {
      const map = mapperOf(slot);
      return [entity, (row: readonly unknown[]) => map(row)[slot.name]];
    }),
  );
  return (row) => {
    const value = reader.read(row) as { readonly entity: string; readonly id: string } | null;
    return value && { ...value, record: records.get(value.entity)?.(row) ?? null };
  };
}
