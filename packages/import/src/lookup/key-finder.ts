/** Finds the records of an entity by the values of some of its fields, many at a time: what match rules and natural keys share. */

import { type DynamicRepository, type EntityModel, type FieldModel, wholeField } from "@kith/core";
import { encodeValue } from "@kith/schema";

/** A record with the fields that were asked for. */
export type Found = Readonly<Record<string, unknown>>;
/** The values of the key fields, in normal form; null where there is none. */
export type Key = readonly unknown[];
/** Keys by {@link keyText}. */
export type Keys = ReadonlyMap<string, Key>;

/** Records that one query may give before it is asked for each key alone: keys that share their parts with many records must not fill the memory. */
const manyRows = 5_000;
/** How many records with the same beginning are looked at; the right one is the first, or near it. */
const nearFirst = 100;

/** Finds by one set of fields. */
export class KeyFinder {
  readonly fields: readonly FieldModel[];
  private readonly select: Readonly<Record<string, true>>;
  /** The fields' values are together unique, and compared by more than their text: without regard to case, say. */
  private readonly folds: boolean;

  /** `select` names what the records are to have besides the key fields and the id. */
  constructor(entity: EntityModel, fields: readonly FieldModel[], select: readonly string[] = []) {
    this.fields = fields;
    this.select = Object.fromEntries(
      ["id", ...fields.map((field) => field.name), ...select].map((name) => [name, true as const]),
    );
    const unique = entity.uniques.some(
      (one) => one.fields.length === fields.length && one.fields.every((field) => fields.includes(wholeField(field))),
    );
    this.folds = unique && fields.some(isFolded);
  }

  /** The records of each key that has some, compared exactly. One query, unless very many records share parts of the keys. */
  async exact(repository: DynamicRepository, keys: Keys): Promise<Map<string, Found[]>> {
    const found = new Map<string, Found[]>();
    if (keys.size === 0) return found;
    const list = [...keys.values()];
    const and = this.fields.map((field, i) => oneOf(field.name, new Set(list.map((key) => key[i]))));
    const limit = manyRows + keys.size;
    let rows: Found[] = await repository.findMany({ where: { and }, select: this.select, limit });
    if (rows.length === limit) rows = await this.oneByOne(repository, list);
    for (const row of rows) {
      const text = keyText(this.keyOf(row));
      const others = found.get(text);
      if (others) others.push(row);
      else if (keys.has(text)) found.set(text, [row]);
    }
    return found;
  }

  /** The record that the unique constraint takes for the same as the key, when the key is unique and compared by more than its text. */
  async likeUnique(repository: DynamicRepository, key: Key): Promise<Found | undefined> {
    if (!this.folds || key.includes(null)) return undefined;
    // `startsWith` is the one filter that compares folded text: it lets through too much, never too little, and what has nothing more comes first.
    const and = this.fields.map((field, i) => ({
      [field.name]: isFolded(field) ? { startsWith: key[i] } : { eq: key[i] },
    }));
    const orderBy = this.fields.filter(isFolded).map((field) => ({ [field.name]: "asc" }));
    const limit = orderBy.length === 1 ? 1 : nearFirst;
    const rows = await repository.findMany({ where: { and }, select: this.select, orderBy, limit });
    const wanted = this.uniqueText(key);
    return rows.find((row) => this.uniqueText(this.keyOf(row)) === wanted);
  }

  /** Two records of each key are enough to know that it is ambiguous. */
  private async oneByOne(repository: DynamicRepository, keys: readonly Key[]): Promise<Found[]> {
    const rows: Found[] = [];
    for (const key of keys) {
      const and = this.fields.map((field, i) => ({ [field.name]: { eq: key[i] } }));
      rows.push(...(await repository.findMany({ where: { and }, select: this.select, limit: 2 })));
    }
    return rows;
  }

  private keyOf(record: Found): Key {
    return this.fields.map((field) => record[field.name]);
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
  const [column = 0] = type.uniqueBy?.(def) ?? [];
  return column !== 0 && operators["startsWith"] !== undefined;
}

function oneOf(name: string, values: Set<unknown>): Record<string, unknown> {
  if (!values.delete(null)) return { [name]: { in: [...values] } };
  return values.size === 0 ? { [name]: null } : { or: [{ [name]: { in: [...values] } }, { [name]: null }] };
}
