/** Resolves lookups for a batch of rows: one query for each lookup, and what was found is kept for the batches to come. */

import { Cache, type DynamicRepository, type FieldModel } from "@kith/core";
import { describe, didYouMean, type Issue } from "@kith/schema";
import type { Sought, Wanted } from "../draft/draft.ts";
import { rowProblem } from "../errors.ts";
import type { PlannedLookup } from "../mapping/planned.ts";
import { type Key, KeyFinder, type Keys, keyText } from "./key-finder.ts";

/** What a lookup turned out to be: the value of its field. */
export type Resolved = { readonly value: unknown } | { readonly issue: Issue };
/** What one target had to say: a record's id, or that there is none, or several. */
type Answer = { readonly id: string } | { readonly issue: Issue; readonly hint: string };
/** Gives the records of an entity, in the transaction of the batch. */
export type RepositoryOf = (entity: string) => DynamicRepository;

/** Ids that are kept for each lookup, at least. */
const cacheSize = 5_000;
/** Up to so many values of the target, the nearest to a wrong one is looked for. */
const hintsFrom = 1_000;

/** Resolves the lookups of one field to one entity. */
class TargetLookup {
  private readonly lookup: PlannedLookup;
  private readonly byKey: KeyFinder;
  private readonly byId: KeyFinder;
  private readonly ids = new Cache<string>(cacheSize);
  private known: readonly string[] | undefined;

  constructor(lookup: PlannedLookup) {
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
  async resolve(all: RepositoryOf, wants: readonly Sought[]): Promise<Map<string, Answer>> {
    const resolved = new Map<string, Answer>();
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
    resolved: Map<string, Answer>,
  ): Promise<void> {
    const found = await finder.exact(repository, keys);
    for (const [text, key] of keys) {
      const records = found.get(text) ?? [];
      const record = records[0] ?? (await finder.likeUnique(repository, key));
      if (record && records.length < 2) {
        const id = record["id"] as string;
        this.ids.set(text, id);
        resolved.set(text, { id });
      } else resolved.set(text, record ? this.ambiguous(key) : await this.missing(repository, key, finder));
    }
  }

  private ambiguous(key: Key): Answer {
    const message = `names the ${this.lookup.target.name} ${shownKey(key)}, and several are called so; say which by another field (lookupBy) or by id`;
    return { issue: rowProblem("LOOKUP_AMBIGUOUS", this.lookup.path, message, { value: key }), hint: "" };
  }

  private async missing(repository: DynamicRepository, key: Key, finder: KeyFinder): Promise<Answer> {
    const [value] = key;
    const hint =
      key.length === 1 && typeof value === "string" && finder !== this.byId
        ? didYouMean(value, await this.values(repository))
        : "";
    const named = `names the ${this.lookup.target.name} ${shownKey(key)}, which is not there`;
    const { path } = this.lookup;
    if (this.lookup.when === "inTurn") {
      const why =
        "; a lookup to the same entity that cannot be set later can only name a record that is there, or one that comes earlier in the source";
      return { issue: rowProblem("LOOKUP_LATER", path, `${named} yet${why}.${hint}`, { value: key }), hint };
    }
    return { issue: rowProblem("LOOKUP_MISSING", path, `${named}.${hint}`, { value: key }), hint };
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
  private readonly targets = new Map<PlannedLookup, TargetLookup>();

  /** What each of the lookups turned out to be. */
  async resolve(all: RepositoryOf, wants: readonly Wanted[]): Promise<Map<Wanted, Resolved>> {
    const answers = new Map<Sought, Answer>();
    const byLookup = Map.groupBy(
      wants.flatMap(({ sought }) => sought),
      ({ lookup }) => lookup,
    );
    for (const [lookup, own] of byLookup) {
      const resolved = await this.of(lookup).resolve(all, own);
      for (const one of own) answers.set(one, resolved.get(keyText(one.key)) as Answer);
    }
    return new Map(wants.map((want) => [want, oneOf(want, answers)]));
  }

  private of(lookup: PlannedLookup): TargetLookup {
    let target = this.targets.get(lookup);
    if (!target) {
      target = new TargetLookup(lookup);
      this.targets.set(lookup, target);
    }
    return target;
  }
}

/** The one record that was found among the entities that were asked. */
function oneOf({ field, sought }: Wanted, answers: ReadonlyMap<Sought, Answer>): Resolved {
  const told = sought.map((one) => ({ one, answer: answers.get(one) as Answer }));
  const found = told.flatMap(({ one, answer }) => ("id" in answer ? [{ lookup: one.lookup, id: answer.id }] : []));
  const twice = told.find(({ answer }) => "issue" in answer && answer.issue.code === "LOOKUP_AMBIGUOUS")?.answer;
  if (twice && "issue" in twice) return { issue: twice.issue };
  const [first, second] = found;
  const [{ one, answer }] = told as [(typeof told)[number]];
  const params = { value: one.key };
  if (first && second) {
    const message = `names ${shownKey(one.key)}, and there is such a record of ${found.map(({ lookup }) => lookup.target.name).join(" and of ")}; say which in a column of its own, '${field.name}.entity'`;
    return { issue: rowProblem("LOOKUP_AMBIGUOUS", field.name, message, params) };
  }
  if (first) return { value: first.lookup.names ? { entity: first.lookup.target.name, id: first.id } : first.id };
  if (told.length === 1 && "issue" in answer) return { issue: answer.issue };
  const targets = sought.map(({ lookup }) => lookup.target.name).join(", ");
  const hint = told.map((each) => ("issue" in each.answer ? each.answer.hint : "")).find((text) => text !== "") ?? "";
  const code = told.some((each) => "issue" in each.answer && each.answer.issue.code === "LOOKUP_LATER")
    ? "LOOKUP_LATER"
    : "LOOKUP_MISSING";
  const message = `names ${shownKey(one.key)}, which is no record of ${targets}.${hint}`;
  return { issue: rowProblem(code, field.name, message, params) };
}

function shownKey(key: Key): string {
  return key.map(describe).join(", ");
}
