/** From a mapping to a plan, or every problem of it at once, before anything is written. */

import type { EntityModel, FieldModel } from "@kith/core";
import { didYouMean, type Issue, nearest, printable } from "@kith/schema";
import type { ImportOptions } from "../options.ts";
import { FieldNames, type Goal, isWritable, keyed, listed, plain, unmappable } from "./columns.ts";
import type { ColumnMapping } from "./mapping.ts";
import { mapName, membersOf } from "./members.ts";
import { planColumn, type ReportMapping } from "./plan-column.ts";
import type { PlannedColumn } from "./planned.ts";
import { readMapping } from "./shape.ts";

interface Entry extends Goal {
  readonly given: ColumnMapping;
}

/** Says which column goes where. Grows when objects bring further columns. */
export class Plan {
  readonly columns: PlannedColumn[] = [];
  /** Places of columns that are neither mapped nor ignored, and what to say of them. */
  readonly unmapped = new Map<number, string>();
  private known = 0;
  private readonly entity: EntityModel;
  private readonly options: ImportOptions;
  private readonly names: FieldNames;
  private readonly auto: boolean;
  /** Columns that the options speak of. */
  private readonly spokenFor: Set<string>;
  /** Mapped columns that the source has not shown yet. */
  private readonly awaited = new Map<string, Entry>();
  /** Fields of which columns hold members. */
  private readonly split = new Set<FieldModel>();
  /** What columns are planned for, or awaited. */
  private readonly goals: Goal[] = [];

  constructor(entity: EntityModel, options: ImportOptions) {
    this.entity = entity;
    this.options = options;
    this.names = new FieldNames(entity);
    this.auto = options.auto ?? options.map === undefined;
    this.spokenFor = new Set(options.ignore ?? []);
  }

  /** Plans the columns that the source is known to have; gives every problem. `fixed`: it will not bring others. */
  begin(columns: readonly string[], fixed: boolean): Issue[] {
    const issues: Issue[] = [];
    const report: ReportMapping = (path, message) => void issues.push({ code: "OPTION", path, message });
    const entries = this.readEntries(report);
    for (const { given } of entries) for (const name of [given.from ?? []].flat()) this.spokenFor.add(name);
    // Objects that hold an address as a whole call it so; a flat file means its first line.
    for (const { field, member } of fixed ? [...entries, ...this.goalsOf(columns)] : [])
      if (member?.role === "value") this.split.add(field);
    for (const entry of entries) this.planEntry(entry, columns, fixed, report);
    columns.forEach((name, place) => {
      const problem = this.planRest(name, place, report);
      if (problem) report(["map"], problem);
    });
    for (const name of fixed ? (this.options.ignore ?? []) : []) {
      if (!columns.includes(name))
        report(["ignore"], `names '${printable(name)}', which is no column of the source.${didYouMean(name, columns)}`);
    }
    this.known = columns.length;
    if (fixed && issues.length === 0) checkMembers(this.columns, report);
    if (issues.length === 0 && this.columns.length + this.awaited.size === 0 && columns.length > 0)
      report(["map"], "leaves nothing to write: no column goes to a field");
    return issues;
  }

  /** Plans columns that came since. What is wrong with one is the problem of the rows that have it. */
  extend(columns: readonly string[]): void {
    const unheard = () => undefined;
    for (; this.known < columns.length; this.known++) {
      const name = columns[this.known] as string;
      const entry = this.awaited.get(name);
      if (entry) this.add(entry, [{ place: this.known, name }], unheard);
      else {
        const problem = this.planRest(name, this.known, unheard);
        if (problem) this.unmapped.set(this.known, problem);
      }
    }
  }

  private readEntries(report: ReportMapping): Entry[] {
    return Object.entries(this.options.map ?? {}).flatMap(([name, value]): Entry[] => {
      if (value === undefined) return [];
      const [fieldName = "", ...rest] = name.split(".");
      const field = this.entity.byName.get(fieldName);
      const member = field && isWritable(field) ? membersOf(field).get(rest.join(".")) : undefined;
      const found = field && isWritable(field) && (rest.length === 0 || member);
      if (!found) report(["map", printable(name)], unmappable(this.entity, field, name, this.names.names));
      const given = readMapping(value, (option, message) =>
        report(["map", printable(name), ...(option === "" ? [] : [option])], message),
      );
      return found && given ? [{ ...keyed({ field, member }), given }] : [];
    });
  }

  /** Where columns go by their names alone. */
  private goalsOf(columns: readonly string[]): Goal[] {
    const free = this.auto ? columns.filter((name) => !this.spokenFor.has(name)) : [];
    return free.flatMap((name) => this.names.find(name) ?? []);
  }

  private planEntry(entry: Entry, columns: readonly string[], fixed: boolean, report: ReportMapping): void {
    const { field, member, given } = entry;
    const clash = this.goals.find((goal) => doClash(goal, entry));
    this.goals.push(entry);
    if (clash) {
      const other = mapName(clash.field, clash.member);
      report(
        ["map", mapName(field, member)],
        `stands beside '${other}', which says where the same comes from; take one of the two out`,
      );
      return;
    }
    if (given.value !== undefined) {
      this.add(entry, [], report);
      return;
    }
    const wanted = given.from === undefined ? this.namedLike(entry, columns, report) : [given.from].flat();
    const found: { place: number; name: string }[] = [];
    for (const name of wanted) {
      const place = columns.indexOf(name);
      if (place >= 0) found.push({ place, name });
      else this.missing(entry, name, columns, !fixed && wanted.length === 1, report);
    }
    if (found.length > 0 && found.length === wanted.length) this.add(entry, found, report);
  }

  /** A mapped column is not there. Objects leave keys out, so that it may come, unless another column looks like it was meant. */
  private missing(
    entry: Entry,
    name: string,
    columns: readonly string[],
    mayCome: boolean,
    report: ReportMapping,
  ): void {
    const free = columns.filter((column) => !this.spokenFor.has(column));
    const near = nearest(name, free);
    if (mayCome && near === undefined) {
      this.awaited.set(name, entry);
      return;
    }
    const hint = near === undefined ? `It has ${listed(columns)}` : `Did you mean '${near}'?`;
    const at = ["map", mapName(entry.field, entry.member), "from"];
    report(at, `names '${printable(name)}', which is no column of the source. ${hint}`);
  }

  private namedLike({ field, member }: Goal, columns: readonly string[], report: ReportMapping): string[] {
    const found = columns.filter((name) => {
      const goal = this.names.find(name, this.split);
      return goal?.field === field && goal.member === member && !this.spokenFor.has(name);
    });
    if (found.length === 1) {
      this.spokenFor.add(found[0] as string);
      return found;
    }
    const why =
      found.length === 0
        ? `no column is called like it; the source has ${listed(columns)}`
        : `${listed(found)} are all called like it`;
    report(["map", mapName(field, member), "from"], `is missing, and ${why}`);
    return [];
  }

  /** A column that the options do not speak of goes to the field that it is called like, or nowhere: then this says why that is a problem. */
  private planRest(name: string, place: number, report: ReportMapping): string | undefined {
    if (this.spokenFor.has(name)) return undefined;
    const goal = this.auto ? this.names.find(name, this.split) : undefined;
    const twin = goal && this.goals.find((other) => doClash(other, goal));
    if (goal && !twin) {
      this.goals.push(goal);
      this.add({ ...goal, given: {} }, [{ place, name }], report);
      return undefined;
    }
    if (this.options.ignoreUnmapped) return undefined;
    if (goal && twin) return this.twice(goal, twin, name);
    const several = this.auto ? this.names.several(name) : [];
    if (several.length > 0)
      return `says nothing of the column '${printable(name)}', which may be for ${several.map((one) => `'${one}'`).join(" or ")}; map it to one of them, or ignore it`;
    const near = nearest(plain(name), this.names.names);
    return `says nothing of the column '${printable(name)}'; map it to a field, or ignore it.${near === undefined ? "" : ` Is it for '${near}'?`}`;
  }

  /** Two columns go to the same, or one to a field and another to a member of it. */
  private twice(goal: Goal, twin: Goal, name: string): string {
    const other = this.columns.find(({ field, member }) => field === twin.field && member === twin.member)?.names[0];
    const columns = `'${printable(other ?? mapName(twin.field, twin.member))}' and '${printable(name)}'`;
    const same = goal.member === twin.member;
    const what = same
      ? `two columns for '${mapName(goal.field, goal.member)}'`
      : `columns for '${goal.field.name}' that say the same twice`;
    return `has ${what}: ${columns}; map one, and ignore the other`;
  }

  private add(
    { field, member, given }: Entry,
    columns: readonly { place: number; name: string }[],
    report: ReportMapping,
  ): void {
    const { defaults = {} } = this.options;
    this.columns.push(planColumn(this.entity, { field, member }, given, columns, defaults, report));
  }
}

/** Whether two columns cannot both be: they fill the same, or one the whole and the other a member, or one says of any entity what the other says of one. */
function doClash(a: Goal, b: Goal): boolean {
  if (a.field !== b.field) return false;
  const [one, other] = [a.member, b.member];
  if (one === other || !one || !other) return true;
  return one.role !== "value" && one.role !== other.role && (one.role === "target" || other.role === "target");
}

/** Members that a value cannot be without need a column each. */
function checkMembers(columns: readonly PlannedColumn[], report: ReportMapping): void {
  for (const field of new Set(columns.flatMap(({ field, member }) => (member ? [field] : [])))) {
    const mapped = new Set(columns.flatMap((column) => (column.field === field ? [column.member] : [])));
    const roles = new Set([...mapped].map((member) => member?.role));
    if (roles.has("entity") && !roles.has("key"))
      report(["map", field.name], "is missing beside its entity: map the column with what the record is called, too");
    if (!roles.has("value")) continue;
    for (const member of membersOf(field).values()) {
      if (member.needed && !mapped.has(member))
        report(
          ["map", mapName(field, member)],
          `is missing, without which there is no '${field.name}'; map a column to it`,
        );
    }
  }
}
