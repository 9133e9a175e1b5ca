/** Rejected rows: the first ones for the result, all of them for a file. */

import { once } from "node:events";
import { createWriteStream, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { printable } from "@kith/schema";
import { stringify } from "csv-stringify/sync";
import { type RowProblem, rejectsError } from "./errors.ts";
import { mapName } from "./mapping/members.ts";
import type { Plan } from "./mapping/plan.ts";
import type { PlannedColumn } from "./mapping/planned.ts";
import type { RejectedRow } from "./result.ts";
import type { RowSource } from "./source/source.ts";

/** How many the result holds. */
const inResult = 20;
const reasons = ["line", "code", "field", "reason"] as const;

/** A row that was rejected. */
export interface Reject {
  readonly line: number;
  readonly original: readonly unknown[];
  readonly problems: readonly RowProblem[];
}

/** Collects rejected rows. */
export class Rejects {
  readonly first: RejectedRow[] = [];
  count = 0;
  private readonly plan: Plan;
  private readonly source: RowSource;
  private readonly to: string | URL | Writable | undefined;
  private out: RejectsFile | undefined;

  constructor(plan: Plan, source: RowSource, to: string | URL | Writable | undefined) {
    this.plan = plan;
    this.source = source;
    this.to = to;
  }

  /**
   * Opens the file, which empties it: not before the import is sure to begin.
   *
   * @throws {XrmError} import.REJECTS
   */
  open(): void {
    if (this.to !== undefined) this.out ??= new RejectsFile(this.to);
  }

  /** Notes rejected rows and waits until they are written. */
  async add(rows: readonly Reject[]): Promise<void> {
    if (rows.length === 0) return;
    const records = rows.map((row) => this.describe(row));
    const { originalColumns, delimiter } = this.source;
    if (this.out) {
      const width = originalColumns.length;
      const lines = rows.map(({ original }, i) => [
        ...cells(original, width),
        ...reasons.map((name) => records[i]?.[name]),
      ]);
      // Excel asks for a comma or a semicolon by region; the source's own is what its readers are set to.
      const header =
        this.count === 0 ? [[...originalColumns, ...reasons.map((name) => free(name, originalColumns))]] : [];
      await this.out.write(stringify([...header, ...lines], { delimiter }));
    }
    this.count += rows.length;
    this.first.push(...records.slice(0, inResult - this.first.length));
  }

  /** Ends the file; one without rows is taken away. */
  async end(): Promise<void> {
    await this.out?.end(this.count === 0);
  }

  private describe({ line, problems }: Reject): RejectedRow {
    const fields = new Set(
      problems.flatMap(({ path }) => {
        const column = this.columnOf(path);
        return path.length === 0 ? [] : [column ? mapName(column.field, column.member) : String(path[0])];
      }),
    );
    return {
      line,
      code: problems[0]?.code ?? "",
      field: [...fields].join(", "),
      reason: problems.map((problem) => this.sentence(problem)).join(" · "),
      issues: problems.map(({ sentence: _, ...issue }) => issue),
    };
  }

  private sentence({ path, message, sentence }: RowProblem): string {
    if (sentence || path.length === 0) return message;
    const [field, ...rest] = path;
    const column = this.columnOf(path)?.names.join(" and ");
    const name = [field, ...rest].join(".");
    const called = column === undefined || column === "" || column === name || column === field;
    return `${name}${called ? "" : ` (column '${printable(column)}')`} ${message}`;
  }

  /** The column that a problem is about: that of the very member, or the field's. */
  private columnOf([field, member]: RowProblem["path"]): PlannedColumn | undefined {
    const columns = this.plan.columns.filter((one) => one.field.name === field);
    const whole = columns.find((one) => one.member === undefined || one.member.role === "key");
    return columns.find((one) => one.member !== undefined && one.member.name === member) ?? whole;
  }
}

/** As many cells as there are columns; what is not text is JSON. */
function cells(original: readonly unknown[], width: number): string[] {
  return Array.from({ length: width }, (_, i) => {
    const cell = original[i];
    return typeof cell === "string" ? cell : cell === undefined ? "" : JSON.stringify(cell);
  });
}

/** A name that no column of the source has. */
function free(name: string, taken: readonly string[]): string {
  let free = name;
  for (let n = 2; taken.some((column) => column.trim() === free); n++) free = `${name}_${n}`;
  return free;
}

/** Where they are written. */
class RejectsFile {
  private readonly path: string | undefined;
  private readonly stream: Writable;
  private failure: unknown;

  constructor(to: string | URL | Writable) {
    this.path = to instanceof URL ? fileURLToPath(to) : typeof to === "string" ? to : undefined;
    this.stream = this.path === undefined ? (to as Writable) : createWriteStream(this.path, { fd: open(this.path) });
    this.stream.on("error", (error) => (this.failure ??= error));
  }

  async write(text: string): Promise<void> {
    try {
      if (!this.failure && !this.stream.write(text)) await once(this.stream, "drain");
    } catch (error) {
      this.failure ??= error;
    }
    if (this.failure) throw rejectsError(this.failure);
  }

  async end(empty: boolean): Promise<void> {
    if (!this.failure) {
      this.stream.end();
      await finished(this.stream, { readable: false }).catch((error: unknown) => (this.failure ??= error));
    }
    if (this.failure) throw rejectsError(this.failure);
    if (empty && this.path !== undefined) await rm(this.path, { force: true });
  }
}

function open(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw rejectsError(error);
  }
}
