/** Finds the records of an entity by the values of some of its fields, many at a time: what match rules and natural keys share. */

import type { DynamicRepository, EntityModel, FieldModel } from "@kith/core";
import { encodeValue } from "@kith/schema";

/** A record with the fields that were asked for. */
export type Found = Readonly<Record<string, unknown>>;
/** The values of the key fields, in normal form; null where there is none. */
export type Key = readonly unknown[];

/** Rows that one query may give before it is asked for each key alone: names that all begin alike must not fill the memory. */
const manyRows = 5_000;
/** Beginnings in one query, well below its limit of names. */
const beginningsAtOnce = 100;

/** Finds by one set of fields. */
export class KeyFinder {
  readonly fields: readonly FieldModel[];
  private readonly select: Readonly<Record<string, true>>;
  /** The fields' values are together unique, and compared by more than their text: without regard to case, say. */
  private readonly folds: boolean;

  /** `select` names what the records are to have besides the key fields and the id. */
  constructor(entity: EntityModel, fields: readonly FieldModel[], select: readonly string[] = []) {
    this.fields = fields;
    this.select = Object.fromEntries(["id", ...fields.map((field) => field.name), ...select].map((name) => [name, true as const]));
    const unique = entity.uniques.some((one) => one.fields.length === fields.length && one.fields.every((field) => fields.includes(field)));
    this.folds = unique && fields.some(isFolded);
  }

  /**
   * The records of each key, by {@link keyText}; no entry when there are none. Compares exactly, and as the unique constraint does where the key is
   * unique and nothing is exactly the same.
   */
  async find(repository: DynamicRepository, keys: ReadonlyMap<string, Key>): Promise<Map<string, Found[]>> {
    const found = new Map<string, Found[]>();
    if (keys.size === 0) return found;
    for (const record of await this.exact(repository, [...keys.values()])) {
      const text = keyText(this.keyOf(record));
      if (keys.has(text)) found.set(text, [...(found.get(text) ?? []), record]);
    }
    const rest = [...keys].filter(([text, key]) => !found.has(text) && !key.includes(null));
    if (this.folds && rest.length > 0) await this.likeUnique(repository, rest, found);
    return found;
  }

  private keyOf(record: Found): Key {
    return this.fields.map((field) => record[field.name]);
  }

  private async exact(repository: DynamicRepository, keys: readonly Key[]): Promise<Found[]> {
    const and = this.fields.map((field, i) => oneOf(field.name, keys.map((key) => key[i])));
    const limit = manyRows + keys.length;
    const rows = await repository.findMany({ where: { and }, select: this.select, limit });
    if (rows.length < limit || this.fields.length === 1) return rows.length < limit ? rows : this.exactOneByOne(repository, keys);
    return this.exactOneByOne(repository, keys);
  }

  /** Many records share parts of keys, or whole keys: two of each are enough to know that a key is ambiguous. */
  private async exactOneByOne(repository: DynamicRepository, keys: readonly Key[]): Promise<Found[]> {
    const rows: Found[] = [];
    for (const key of keys) {
      const and = this.fields.map((field, i) => ({ [field.name]: key[i] }));
      rows.push(...(await repository.findMany({ where: { and }, select: this.select, limit: 2 })));
    }
    return rows;
  }

  private async likeUnique(repository: DynamicRepository, keys: readonly (readonly [string, Key])[], found: Map<string, Found[]>): Promise<void> {
    for (let i = 0; i < keys.length; i += beginningsAtOnce) {
      const some = keys.slice(i, i + beginningsAtOnce);
      let rows: Found[] = await repository.findMany({ where: this.beginningLike(some.map(([, key]) => key)), select: this.select, limit: manyRows });
      if (rows.length === manyRows) rows = await this.likeUniqueOneByOne(repository, some.map(([, key]) => key));
      const byUnique = new Map(rows.map((row) => [this.uniqueText(this.keyOf(row)), row]));
      for (const [text, key] of some) {
        const row = byUnique.get(this.uniqueText(key));
        if (row) found.set(text, [row]);
      }
    }
  }

  private async likeUniqueOneByOne(repository: DynamicRepository, keys: readonly Key[]): Promise<Found[]> {
    const rows: Found[] = [];
    // What has the beginning and nothing more sorts first.
    const orderBy = this.fields.filter(isFolded).map((field) => ({ [field.name]: "asc" }));
    for (const key of keys) rows.push(...(await repository.findMany({ where: this.beginningLike([key]), select: this.select, orderBy, limit: 10 })));
    return rows;
  }

  /** `startsWith` is the one filter that compares folded text and is quick: it lets through too much, never too little. */
  private beginningLike(keys: readonly Key[]): Record<string, unknown> {
    const and = this.fields.map((field, i) => {
      const values = keys.map((key) => key[i]);
      return isFolded(field) ? { or: values.map((value) => ({ [field.name]: { startsWith: value } })) } : oneOf(field.name, values);
    });
    return { and };
  }

  private uniqueText(key: Key): string {
    const columns = this.fields.map(({ type, def }, i) => {
      const encoded = encodeValue(type, key[i], def);
      return (type.uniqueBy?.(def) ?? [0]).map((column) => encoded[column]);
    });
    return JSON.stringify(columns);
  }
}

/** A key as text: equal keys have equal texts. */
export function keyText(key: Key): string {
  return JSON.stringify(key);
}

/** Unique by something else than its text, and with a filter to find that by. */
function isFolded({ type, def, operators }: FieldModel): boolean {
  const columns = type.uniqueBy?.(def) ?? [0];
  return columns[0] !== 0 && operators["startsWith"] !== undefined;
}

function oneOf(name: string, values: readonly unknown[]): Record<string, unknown> {
  const present = [...new Set(values.filter((value) => value !== null))];
  if (present.length === values.length || !values.includes(null)) return { [name]: { in: present } };
  return { or: [{ [name]: { in: present } }, { [name]: null }] };
}
