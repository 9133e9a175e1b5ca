/** Match rules: which record a row is. */

import type { DynamicRepository, EntityModel, FieldModel } from "@kith/core";
import { canonicalText, didYouMean, Invalid, type Issue, printable } from "@kith/schema";
import type { Draft } from "./draft/draft.ts";
import { updateValues } from "./draft/values.ts";
import { rowProblem } from "./errors.ts";
import { type Found, type Key, KeyFinder, keyText } from "./lookup/key-finder.ts";
import { targetsOf } from "./mapping/members.ts";
import type { Plan } from "./mapping/plan.ts";

/** The records that rows match, while a batch is written. */
export interface Matches {
  /** The key of a row; undefined when its issues say why it has none. */
  readonly key: (draft: Draft) => string | undefined;
  /** The records of a key. */
  readonly records: (key: string) => readonly Found[];
  /** Notes the record that a row has become. */
  readonly set: (key: string, record: Found) => void;
}

/** Finds the records that rows match. */
export class Matcher {
  private readonly entity: EntityModel;
  private readonly fields: readonly FieldModel[];
  private readonly plan: Plan;
  private made: { readonly columns: number; readonly finder: KeyFinder } | undefined;

  constructor(entity: EntityModel, fields: readonly FieldModel[], plan: Plan) {
    this.entity = entity;
    this.fields = fields;
    this.plan = plan;
  }

  /** Finds records with what rows are compared to; objects may bring further columns. */
  private get finder(): KeyFinder {
    const { columns } = this.plan;
    if (this.made?.columns !== columns.length) {
      const compared = new Set(["version", ...columns.map(({ field }) => field.name)]);
      this.made = { columns: columns.length, finder: new KeyFinder(this.entity, this.fields, [...compared]) };
    }
    return this.made.finder;
  }

  /**
   * The matches of a batch, in one query. `closely`: also what the unique constraint takes for the same, a query for each row. Batches go without:
   * a row that has such a twin breaks the constraint, and is then tried alone.
   */
  async find(repository: DynamicRepository, drafts: readonly Draft[], closely: boolean): Promise<Matches> {
    const keys = new Map<string, Key>();
    const byDraft = new Map<Draft, string>();
    for (const draft of drafts) {
      const key = draft.issues.length === 0 ? this.keyOf(draft) : undefined;
      if (!key) continue;
      const text = keyText(key);
      keys.set(text, key);
      byDraft.set(draft, text);
    }
    const { finder } = this;
    const found: Map<string, readonly Found[]> = await finder.exact(repository, keys);
    if (closely) {
      for (const [text, key] of keys) {
        const twin = found.has(text) ? undefined : await finder.likeUnique(repository, key);
        if (twin) found.set(text, [twin]);
      }
    }
    return {
      key: (draft) => byDraft.get(draft),
      records: (key) => found.get(key) ?? [],
      set: (key, record) => found.set(key, [record]),
    };
  }

  /** The values that a row is matched by. Without any it matches nothing, and a second run would make it again: that is refused. */
  private keyOf({ values, issues }: Draft): Key | undefined {
    const key = this.fields.map((field) => {
      const value = values[field.name];
      if (value === null || value === undefined) return null;
      const normal = field.type.read(value, field.def);
      if (normal instanceof Invalid) issues.push({ code: normal.code, path: [field.name], message: normal.message });
      return normal;
    });
    if (key.every((value) => value === null)) {
      const names = this.fields.map((field) => field.name).join(" and ");
      issues.push(
        rowProblem("MATCH_EMPTY", this.fields[0]?.name, `is empty, and rows are matched by ${names}; give it a value`),
      );
    }
    return issues.length === 0 ? key : undefined;
  }
}

/** The values of a row that a record does not have yet. What is wrong with them goes to `issues`. */
export function changesOf(draft: Draft, record: Found, entity: EntityModel, issues: Issue[]): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(updateValues(draft, record, issues))) {
    if (!isSame(entity.byName.get(name) as FieldModel, value, record[name])) changes[name] = value;
  }
  return changes;
}

/** Whether a record holds a value already, however it is spelt. */
export function isSame({ type, def }: Pick<FieldModel, "type" | "def">, value: unknown, held: unknown): boolean {
  if (value === held || (value === null && held === undefined)) return true;
  if (value === null || held === null || held === undefined) return false;
  const normal = type.read(value, def);
  // What is wrong with it, the write will say.
  if (normal instanceof Invalid) return false;
  return normal === held || (typeof normal === "object" && canonicalText(normal) === canonicalText(held));
}

/** The fields of a match rule, or what is wrong with it. */
export function matchFields(
  entity: EntityModel,
  match: unknown,
  plan: Plan | undefined,
  report: (issue: Issue) => void,
): FieldModel[] {
  const names = match === undefined ? [] : [match].flat();
  const bad = (message: string) => report({ code: "OPTION", path: ["match"], message });
  if (match !== undefined && (names.length === 0 || names.some((name) => typeof name !== "string")))
    bad("must be a field's name, or a list of names");
  return names.flatMap((name) => {
    if (typeof name !== "string") return [];
    const field = entity.byName.get(name);
    if (!field)
      bad(`names '${printable(name)}', which '${entity.name}' does not have.${didYouMean(name, entity.byName.keys())}`);
    else if (!field.operators["in"] || !field.stored)
      bad(`names '${name}', a field of kind ${field.type.kind}, by which records cannot be matched`);
    else if ((field.relation?.type === "one" && field.relation.target === entity) || targetsOf(field).includes(entity))
      bad(`names '${name}', a lookup to '${entity.name}' itself, which is set only when all rows are in`);
    else if (plan && !plan.columns.some((column) => column.field === field))
      bad(`names '${name}', which no column goes to`);
    else return [field];
    return [];
  });
}
