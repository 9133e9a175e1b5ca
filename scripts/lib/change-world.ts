/** A model that changes at random, the records of its database, and what must become of them: worked out here in the plainest way, apart from the engine. */

import { defineEntity, defineModel, field, type Model } from "@kith/core";

/** A field of the changing model. */
export interface FieldSpec {
  readonly kind:
    | ("text" | "longText" | "integer" | "decimal" | "boolean" | "date" | "datetime" | "choice" | "lookup")
    /** A lookup to one of several entities. */
    | "either"
    | ("address" | "geo");
  readonly was?: string;
  readonly required?: boolean;
  readonly unique?: boolean;
  readonly indexed?: boolean;
  readonly searchable?: boolean;
  readonly max?: number;
  readonly scale?: number;
  readonly fold?: boolean;
  readonly values?: readonly string[];
  readonly wasValues?: Readonly<Record<string, string>>;
  readonly default?: unknown;
  readonly to?: string;
  /** What a lookup leads to, when it may be one of several. */
  readonly among?: readonly string[];
}

/** The entities that a field leads to. */
export const targetsOf = ({ to, among }: FieldSpec): readonly string[] => among ?? (to === undefined ? [] : [to]);

/** An entity of the changing model. */
export interface EntitySpec {
  readonly was?: string;
  readonly least?: { readonly field: string; readonly value: number };
  readonly fields: ReadonlyMap<string, FieldSpec>;
}

/** All entities by name. */
export type World = ReadonlyMap<string, EntitySpec>;
/** A record with its values by field, those of fields that the model no longer has among them. */
export interface Rec {
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}
/** All records by entity, entities that the model no longer has among them. */
export type Records = ReadonlyMap<string, readonly Rec[]>;

/** The model of a world. */
export function modelOf(world: World, version: number): Model<any> {
  const entities = [...world].map(([name, { was, least, fields }]) =>
    defineEntity(name, {
      ...(was === undefined ? {} : { was }),
      ...(least ? { checks: { least: { where: { [least.field]: { gte: least.value } }, message: "too small" } } } : {}),
      fields: Object.fromEntries([...fields].map(([key, spec]) => [key, declared(spec)])) as never,
    } as never),
  );
  return defineModel({ version, entities: entities as never }) as Model<any>;
}

function declared({ kind, values, to, among, ...options }: FieldSpec): unknown {
  if (kind === "choice") return field.choice(values as never, options as never);
  if (kind === "lookup") return field.lookup(to as string, options as never);
  if (kind === "either") return field.lookup(among as readonly string[], options as never);
  return (field[kind] as (options: object) => unknown)(options);
}

const refused = Symbol("refused");

/** What a value of one kind is as one of another, or {@link refused}. */
function converted(value: unknown, before: FieldSpec, after: FieldSpec, renames: Renames): unknown {
  if (after.kind === "address" || after.kind === "geo") return value;
  if (after.kind === "lookup" || after.kind === "either") return led(value, before, after, renames);
  const renamed = Object.entries(after.wasValues ?? {}).find(([, old]) => old === value)?.[0];
  const text = renamed ?? (typeof value === "boolean" || typeof value === "number" ? String(value) : (value as string));
  switch (after.kind) {
    case "text":
    case "longText":
      return [...text].length > (after.max ?? (after.kind === "text" ? 255 : 1e6)) || (after.required && text === "")
        ? refused
        : text;
    case "integer": {
      if (before.kind === "boolean") return value === true ? 1 : 0;
      const plain = text.trim().replace(before.kind === "decimal" ? /\.0+$/ : /\.0*$/, "");
      return /^[+-]?\d{1,15}$/.test(plain) ? Number(plain) + 0 : refused;
    }
    case "decimal": {
      if (before.kind === "boolean")
        return value === true ? scaled("1", after.scale ?? 2) : scaled("0", after.scale ?? 2);
      return scaled(text.trim(), after.scale ?? 2);
    }
    case "boolean":
      if (before.kind === "integer") return value === 1 ? true : value === 0 ? false : refused;
      return text.trim() === "true" ? true : text.trim() === "false" ? false : refused;
    case "date":
      return /^\d{4}-\d\d-\d\d(T|$)/.test(text.trim()) ? text.trim().slice(0, 10) : refused;
    case "datetime": {
      const day = text.trim();
      if (/^\d{4}-\d\d-\d\d$/.test(day)) return `${day}T00:00:00.000Z`;
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(day) ? day : refused;
    }
    case "choice":
      return after.values?.includes(text) ? text : after.values?.includes(text.trim()) ? text.trim() : refused;
  }
}

/** What entities were called before, with what they are called now. */
type Renames = ReadonlyMap<string, string>;

/** A reference as one of another kind. */
function led(value: unknown, before: FieldSpec, after: FieldSpec, renames: Renames): unknown {
  const { entity, id } =
    before.kind === "lookup" ? { entity: before.to as string, id: value } : (value as { entity: string; id: string });
  const now = renames.get(entity) ?? entity;
  if (!targetsOf(after).includes(now)) return refused;
  return after.kind === "lookup" ? id : { entity: now, id };
}

function scaled(text: string, scale: number): unknown {
  const match = /^([+-]?)(\d{1,12})(?:\.(\d+))?$/.exec(text);
  if (!match) return refused;
  const digits = (match[3] ?? "").replace(/0+$/, "");
  if (digits.length > scale) return refused;
  const whole = (match[2] as string).replace(/^0+(?=\d)/, "");
  const sign = match[1] === "-" && /[1-9]/.test(whole + digits) ? "-" : "";
  return `${sign}${whole}${scale > 0 ? `.${digits.padEnd(scale, "0")}` : ""}`;
}

/** What a change must come to: the records after it, or who stands in its way. */
export interface Expected {
  readonly records: Records;
  /** Ids of records that stand in the way, by entity. */
  readonly offenders: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Works out what must become of all records. `fold` is how texts are compared. */
export function expected(before: World, held: Records, after: World, fold: (text: string) => string): Expected {
  const records = new Map<string, readonly Rec[]>();
  const offenders = new Map<string, Set<string>>();
  const formerly = (name: string, { was }: EntitySpec) =>
    !held.has(name) && was !== undefined && held.has(was) ? was : name;
  const renames = new Map([...after].map(([name, spec]) => [formerly(name, spec), name]));
  for (const [name, spec] of after) {
    const oldName = formerly(name, spec);
    const old = before.get(oldName) ?? spec;
    const wrong = new Set<string>();
    const rows = (held.get(oldName) ?? []).map((row) => become(row, old, spec, renames, wrong));
    for (const [key, one] of spec.fields) if (one.unique) sameValues(rows, key, one, wrong, fold);
    const { least } = spec;
    if (least) {
      for (const { id, values } of rows) {
        const value = values[least.field];
        if (typeof value !== "number" || value < least.value) wrong.add(id);
      }
    }
    if (wrong.size > 0) offenders.set(name, wrong);
    records.set(name, rows);
  }
  for (const [name, rows] of held) if (!renames.has(name)) records.set(name, rows);
  return { records, offenders };
}

function become(row: Rec, old: EntitySpec, spec: EntitySpec, renames: Renames, wrong: Set<string>): Rec {
  const values: Record<string, unknown> = { ...row.values };
  for (const [key, one] of spec.fields) {
    // What was left out of the model keeps its values, also for a field that takes it up under another name.
    const has = (name: string | undefined): name is string =>
      name !== undefined && (old.fields.has(name) || Object.hasOwn(row.values, name));
    const source = old.fields.has(key) || !has(one.was) || (has(key) && !old.fields.has(one.was)) ? key : one.was;
    const was = row.values[source] ?? null;
    if (source !== key) delete values[source];
    const value = was === null ? null : converted(was, old.fields.get(source) ?? one, one, renames);
    const filled = value === null && one.required ? (one.default ?? null) : value;
    if (filled === refused || (filled === null && one.required)) wrong.add(row.id);
    values[key] = filled === refused ? null : filled;
  }
  return { id: row.id, values };
}

function sameValues(
  rows: readonly Rec[],
  key: string,
  spec: FieldSpec,
  wrong: Set<string>,
  fold: (text: string) => string,
): void {
  const seen = new Set<unknown>();
  for (const { id, values } of rows) {
    const value = values[key];
    if (value === null || value === undefined) continue;
    const compared = spec.kind === "text" && spec.fold !== false ? fold(String(value)) : value;
    if (seen.has(compared)) wrong.add(id);
    seen.add(compared);
  }
}
