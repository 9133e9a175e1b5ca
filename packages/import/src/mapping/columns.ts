/** Columns of a source and fields of an entity: which is called like which, and which can be filled. */

import type { EntityModel, FieldModel } from "@kith/core";
import { didYouMean, fold, printable, wordsOf } from "@kith/schema";
import { type Member, mapName, membersOf } from "./members.ts";

/** Where a column goes: to a field, or to a member of its value. */
export interface Goal {
  readonly field: FieldModel;
  readonly member: Member | undefined;
}

/** Finds what a column is called like: a field or a member of one, by name or label in any language. */
export class FieldNames {
  private readonly fields = new Map<string, FieldModel>();
  /** By names, by labels, by members after their field, by members alone; what several are called is nobody's. */
  private readonly steps: readonly Map<string, Goal | undefined>[] = [new Map(), new Map(), new Map(), new Map()];
  /** What several are called, step by step. */
  private readonly shared: readonly Map<string, Goal[]>[] = this.steps.map(() => new Map());

  constructor(entity: EntityModel) {
    // An id that comes from elsewhere is hardly ever ours; it must be mapped by name.
    for (const field of entity.fields) if (isWritable(field) && field.name !== "id") this.fields.set(field.name, field);
    for (const field of this.fields.values()) {
      const whole = keyed({ field, member: undefined });
      const labels = wordsOf(field.label);
      this.note(0, [field.name], whole);
      this.note(1, labels, whole);
      for (const member of membersOf(field).values()) {
        const goal = { field, member };
        const owners = [field.name, ...labels];
        this.note(
          2,
          member.words.flatMap((word) => owners.map((owner) => `${owner} ${word}`)),
          goal,
        );
        if (member.role === "value" || member.role === "target") this.note(3, member.words, goal);
      }
    }
  }

  /**
   * What the column is called like; undefined when that is nothing, or several. Of `split` fields other columns hold members: there, a name that fits the
   * field and a member too (`Address`, beside `City`) is the member's.
   */
  find(column: string, split: ReadonlySet<FieldModel> = new Set()): Goal | undefined {
    const name = plain(column);
    const found = this.steps.find((step) => step.has(name))?.get(name);
    if (!found || found.member || !split.has(found.field)) return found;
    const member = [...membersOf(found.field).values()].find(({ words }) => words.some((word) => plain(word) === name));
    return member ? { field: found.field, member } : found;
  }

  /** What a column is called like, when that is several. */
  several(column: string): string[] {
    const name = plain(column);
    const step = this.steps.findIndex((one) => one.has(name));
    return [...(this.shared[step]?.get(name) ?? [])].map(({ field, member }) => mapName(field, member));
  }

  /** All names that can be mapped. */
  get names(): string[] {
    return [...this.fields.values()].flatMap((field) => [
      field.name,
      ...[...membersOf(field).values()].map((member) => mapName(field, member)),
    ]);
  }

  private note(step: number, names: readonly string[], goal: Goal): void {
    const found = this.steps[step] as Map<string, Goal | undefined>;
    const shared = this.shared[step] as Map<string, Goal[]>;
    for (const name of new Set(names.map(plain))) {
      const other = found.get(name);
      if (found.has(name)) shared.set(name, [...(shared.get(name) ?? (other ? [other] : [])), goal]);
      found.set(name, found.has(name) ? undefined : goal);
    }
  }
}

/** The name of a lookup to one of several entities alone stands for its key, as that of a plain lookup does. */
export function keyed({ field, member }: Goal): Goal {
  return { field, member: member ?? [...membersOf(field).values()].find(({ role }) => role === "key") };
}

/** A field that an import can fill: what create takes. */
export function isWritable(field: FieldModel): boolean {
  return field.writable !== "never" || field.name === "id";
}

/** Why a name cannot be mapped to. */
export function unmappable(
  entity: EntityModel,
  field: FieldModel | undefined,
  name: string,
  names: readonly string[],
): string {
  if (!field) return `is no field of '${entity.name}'.${didYouMean(name, names)}`;
  if (isWritable(field)) return unknownMember(field, name);
  const why = field.stored ? "is set by the engine" : "is stored with the records that it leads to; import those";
  return `cannot be imported: it ${why}`;
}

function unknownMember(field: FieldModel, name: string): string {
  const members = [...membersOf(field).keys()];
  if (members.length === 0) return `is no field: '${field.name}', of kind ${field.type.kind}, is filled by one column`;
  const [, ...rest] = name.split(".");
  return `is no part of '${field.name}'.${didYouMean(rest.join("."), members)} It has ${members.join(", ")}`;
}

/** `Close Date`, `close_date` and `closeDate` are one name. */
export function plain(name: string): string {
  return fold(name).replace(/[^\p{L}\p{N}]/gu, "");
}

/** Names of columns, as a message lists them. */
export function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 12).map((name) => `'${printable(name, 30)}'`);
  return columns.length > 12 ? `${shown.join(", ")} and ${columns.length - 12} more` : shown.join(", ") || "none";
}
