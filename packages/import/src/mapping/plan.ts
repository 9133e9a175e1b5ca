/** From a mapping to a plan, or every problem of it at once, before anything is written. */

import type { EntityModel, FieldModel } from "@kith/core";
import { didYouMean, type Issue, nearest, printable } from "@kith/schema";
import type { ImportOptions } from "../options.ts";
import { FieldNames, isWritable, listed, plain, unmappable } from "./columns.ts";
import type { ColumnMapping } from "./mapping.ts";
import { planColumn, type ReportMapping } from "./plan-column.ts";
import type { PlannedColumn } from "./planned.ts";
import { readMapping } from "./shape.ts";

interface Entry {
  readonly field: FieldModel;
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
      const field = this.entity.byName.get(name);
      if (!field || !isWritable(field))
        report(["map", printable(name)], unmappable(this.entity, field, name, this.names.names));
      const given = readMapping(value, (option, message) =>
        report(["map", printable(name), ...(option === "" ? [] : [option])], message),
      );
      return field && isWritable(field) && given ? [{ field, given }] : [];
    });
  }

  private planEntry(entry: Entry, columns: readonly string[], fixed: boolean, report: ReportMapping): void {
    const { field, given } = entry;
    if (given.value !== undefined) {
      this.add(entry, [], report);
      return;
    }
    const wanted = given.from === undefined ? this.namedLike(field, columns, report) : [given.from].flat();
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
    report(["map", entry.field.name, "from"], `names '${printable(name)}', which is no column of the source. ${hint}`);
  }

  private namedLike(field: FieldModel, columns: readonly string[], report: ReportMapping): string[] {
    const found = columns.filter((name) => this.names.find(name) === field && !this.spokenFor.has(name));
    if (found.length === 1) {
      this.spokenFor.add(found[0] as string);
      return found;
    }
    const why =
      found.length === 0
        ? `no column is called like it; the source has ${listed(columns)}`
        : `${listed(found)} are all called like it`;
    report(["map", field.name, "from"], `is missing, and ${why}`);
    return [];
  }

  /** A column that the options do not speak of goes to the field that it is called like, or nowhere: then this says why that is a problem. */
  private planRest(name: string, place: number, report: ReportMapping): string | undefined {
    if (this.spokenFor.has(name)) return undefined;
    const field = this.auto ? this.names.find(name) : undefined;
    const twin = field && this.columns.find((column) => column.field === field);
    if (field && !twin) {
      this.add({ field, given: {} }, [{ place, name }], report);
      return undefined;
    }
    if (this.options.ignoreUnmapped) return undefined;
    if (twin)
      return `has two columns for '${twin.field.name}': '${twin.names[0]}' and '${printable(name)}'; map one, and ignore the other`;
    const near = nearest(plain(name), this.names.names);
    return `says nothing of the column '${printable(name)}'; map it to a field, or ignore it.${near === undefined ? "" : ` Is it for '${near}'?`}`;
  }

  private add(
    { field, given }: Entry,
    columns: readonly { place: number; name: string }[],
    report: ReportMapping,
  ): void {
    this.columns.push(planColumn(this.entity, field, given, columns, this.options.defaults ?? {}, report));
  }
}
