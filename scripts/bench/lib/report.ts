/** The figures as Markdown. */

import { cpus, totalmem } from "node:os";
import type { Args } from "./args.ts";
import type { Figures } from "./figures.ts";
import { ops } from "./ops.ts";

/** What was found out about a contender. */
export interface Result {
  readonly name: string;
  readonly version: string;
  readonly notes: Readonly<Record<string, string>>;
  readonly figures: Readonly<Record<string, Figures>>;
  readonly errors: Readonly<Record<string, string>>;
  readonly rss: number;
  /** Milliseconds of import, opening and the first get, in a new process. */
  readonly start: number | undefined;
}

/** A short number: two digits after the point below 10. */
export const short = (value: number): string =>
  value >= 10_000
    ? `${(value / 1_000).toFixed(0)}k`
    : value >= 100
      ? value.toFixed(0)
      : value >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

const row = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;

/** The table of ratios. */
export function ratioTable(results: readonly Result[], args: Args): string {
  const [raw, ...others] = results as [Result, ...Result[]];
  const lines = [
    row(["operation", "raw p50 / p95, µs", ...others.map(({ name }) => name)]),
    row(["---", ...results.map(() => "---:")]),
  ];
  for (const name of args.ops) {
    const base = raw.figures[name];
    if (!base) continue;
    lines.push(
      row([
        ops[name]?.title ?? name,
        `${short(base.p50)} / ${short(base.p95)}`,
        ...others.map((other) => cell(other, name, args)),
      ]),
    );
  }
  lines.push(row(["memory at the end, MB", mb(raw), ...others.map(mb)]));
  if (args.cold > 0)
    lines.push(row(["import + open + first get, ms", ...results.map(({ start }) => (start ? start.toFixed(0) : "–"))]));
  return lines.join("\n");
}

const mb = ({ rss }: Result) => (rss / 1e6).toFixed(0);

function cell({ figures, notes, errors }: Result, op: string, args: Args): string {
  const found = figures[op];
  if (!found) return errors[op] ? "failed" : "–";
  const note = notes[op] ? ` ${notes[op]}` : "";
  return `${short(found.ratio[args.by])}${found.same || args.table === "users" ? "" : " ≠"}${note}`;
}

/** The table of times. */
export function timeTable(results: readonly Result[], args: Args): string {
  const lines = [
    row(["operation: p50 / p95 µs (middle half of ratios)", ...results.map(({ name }) => name)]),
    row(["---", ...results.map(() => "---:")]),
  ];
  for (const name of args.ops) {
    const cells = results.map(({ figures }) => {
      const one = figures[name];
      if (!one) return "–";
      return `${short(one.p50)} / ${short(one.p95)} (${one.spread.map((n) => n.toFixed(2)).join("–")})`;
    });
    lines.push(row([name, ...cells]));
  }
  return lines.join("\n");
}

/** What it was measured on, and how. */
export function facts(results: readonly Result[], args: Args, when: Date): string {
  const [cpu] = cpus();
  const where = args.db === "pg" ? "PostgreSQL" : `SQLite (${args.mode === "file" ? "file" : "file in memory"})`;
  const versions = results.map(({ name, version }) => `${name}: ${version}`).join("; ");
  return `${when.toISOString().slice(0, 10)} · ${where} · ${args.scale.toLocaleString("en")} opportunities · ${args.rounds} rounds · ${args.by} · Node ${process.versions.node} · ${cpus().length} × ${cpu?.model.trim() ?? "processor"}, ${(totalmem() / 2 ** 30).toFixed(0)} GB · ${versions}`;
}
