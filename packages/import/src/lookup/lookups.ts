/** Resolves lookups for a batch of rows: one query for each lookup, and what was found is kept for the batches to come. */

import { Cache, type DynamicRepository, type FieldModel } from "@kith/core";
import { describe, didYouMean, type Issue } from "@kith/schema";
import type { Wanted } from "../draft.ts";
import { rowProblem } from "../errors.ts";
import type { PlannedColumn, PlannedLookup } from "../mapping/planned.ts";
import { type Key, KeyFinder, type Keys, keyText } from "./key-finder.ts";

/** What a lookup turned out to be. */
export type Resolved = { readonly id: string } | { readonly issue: Issue };
/** Gives the records of an entity, in the transaction of the batch. */
export type RepositoryOf = (entity: string) => DynamicRepository;

/** Ids that are kept for each lookup, at least. */
const cacheSize = 5_000;
/** Up to so many values of the target, the nearest to a wrong one is looked for. */
const hintsFrom = 1_000;

/** Resolves the lookups of one column. */
class ColumnLookup {
  private readonly column: PlannedColumn;
  private readonly lookup: PlannedLookup;
  private readonly byKey: KeyFinder;
  private readonly byId: KeyFinder;
  private readonly ids = new Cache<string>(cacheSize);
  private known: readonly string[] | undefined;

  constructor(column: PlannedColumn, lookup: PlannedLookup) {
    this.column = column;
    this.lookup = lookup;
    const { target, by } = lookup;
    this.byId = new KeyFinder(target, [target.byName.get("id") as FieldModel]);
    this.byKey =
      by.length === 0
        ? this.byId
        : new KeyFinder(
            target,
            by.map(({ field }) => field),
          );
  }

  /** What each wanted key turned out to be, by its text. */
  async resolve(all: RepositoryOf, wants: readonly Wanted[]): Promise<Map<string, Resolved>> {
    const resolved = new Map<string, Resolved>();
    const ids = new Map<string, Key>();
    const keys = new Map<string, Key>();
    for (const { key, byId } of wants) {
      const text = keyText(key);
      const id = this.ids.get(text);
      if (id === undefined) (byId ? ids : keys).set(text, key);
      else resolved.set(text, { id });
    }
    const repository = all(this.lookup.target.name);
    await this.search(repository, this.byId, ids, resolved);
    await this.search(repository, this.byKey, keys, resolved);
    return resolved;
  }

  private async search(
    repository: DynamicRepository,
    finder: KeyFinder,
    keys: Keys,
    resolved: Map<string, Resolved>,
  ): Promise<void> {
    const found = await finder.exact(repository, keys);
    for (const [text, key] of keys) {
      const records = found.get(text) ?? [];
      const record = records[0] ?? (await finder.likeUnique(repository, key));
      if (record && records.length < 2) {
        const id = record["id"] as string;
        this.ids.set(text, id);
        resolved.set(text, { id });
      } else resolved.set(text, { issue: record ? this.ambiguous(key) : await this.missing(repository, key, finder) });
    }
  }

  private ambiguous(key: Key): Issue {
    const message = `names the ${this.lookup.target.name} ${shownKey(key)}, and several are called so; say which by another field (lookupBy) or by id`;
    return rowProblem("LOOKUP_AMBIGUOUS", this.column.field.name, message, { value: key });
  }

  private async missing(repository: DynamicRepository, key: Key, finder: KeyFinder): Promise<Issue> {
    const [value] = key;
    const hint =
      key.length === 1 && typeof value === "string" && finder !== this.byId
        ? didYouMean(value, await this.values(repository))
        : "";
    const named = `names the ${this.lookup.target.name} ${shownKey(key)}, which is not there`;
    const { field } = this.column;
    if (this.lookup.when === "inTurn") {
      const why =
        "; a lookup to the same entity that cannot be set later can only name a record that is there, or one that comes earlier in the source";
      return rowProblem("LOOKUP_LATER", field.name, `${named} yet${why}.${hint}`, { value: key });
    }
    return rowProblem("LOOKUP_MISSING", field.name, `${named}.${hint}`, { value: key });
  }

  /** The values that there are, when they are few. */
  private async values(repository: DynamicRepository): Promise<readonly string[]> {
    if (!this.known) {
      const name = this.byKey.fields[0]?.name as string;
      const rows = await repository.findMany({ select: { [name]: true }, limit: hintsFrom + 1 });
      this.known =
        rows.length > hintsFrom ? [] : rows.flatMap((row) => (typeof row[name] === "string" ? [row[name]] : []));
    }
    return this.known;
  }
}

/** Resolves the lookups of an import. */
export class Lookups {
  private readonly columns = new Map<PlannedColumn, ColumnLookup>();

  /** What each of the lookups turned out to be. */
  async resolve(all: RepositoryOf, wants: readonly Wanted[]): Promise<Map<Wanted, Resolved>> {
    const byColumn = Map.groupBy(wants, ({ column }) => column);
    const result = new Map<Wanted, Resolved>();
    for (const [column, own] of byColumn) {
      const resolved = await this.of(column).resolve(all, own);
      for (const want of own) result.set(want, resolved.get(keyText(want.key)) as Resolved);
    }
    return result;
  }

  private of(column: PlannedColumn): ColumnLookup {
    let lookup = this.columns.get(column);
    if (!lookup) {
      lookup = new ColumnLookup(column, column.lookup as PlannedLookup);
      this.columns.set(column, lookup);
    }
    return lookup;
  }
}

function shownKey(key: Key): string {
  return key.map(describe).join(", ");
}
