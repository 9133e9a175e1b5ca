// Tables and bars for a terminal of 80 columns. Colours only where they can be seen.
import { styleText } from "node:util";

const width = 80;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** Without colour when the output is no terminal, or NO_COLOR is set. */
const style = (format: Parameters<typeof styleText>[0], text: string): string =>
  process.stdout.isTTY && !process.env["NO_COLOR"] ? styleText(format, text) : text;

export const print = (line = ""): void => console.log(line);
export const heading = (text: string): void => print(`\n${style("bold", text)}\n${style("dim", "─".repeat(width))}`);
export const good = (text: string): void => wrap(text, `  ${style("green", "✓")} `, 4);
export const refused = (text: string): void => wrap(text, `  ${style("red", "✗")} `, 4);

/** A column of a table. Numbers stand on the right. */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
}

/** Prints rows under titles, as wide as needed; the widest columns give way when it would not fit. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const wide = columns.map(({ title }, i) => Math.max(size(title), ...rows.map((row) => size(row[i] ?? ""))));
  for (let over = wide.reduce((sum, one) => sum + one + 2, 0) - width; over > 0; over--) {
    const widest = wide.indexOf(Math.max(...wide));
    wide[widest] = (wide[widest] as number) - 1;
  }
  const line = (cells: readonly string[]): string =>
    columns.map(({ right }, i) => `  ${pad(cells[i] ?? "", wide[i] as number, right)}`).join("");
  print(style("dim", line(columns.map(({ title }) => title))));
  for (const row of rows) print(line(row));
}

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
}

/** Prints a bar for each value, the longest for the largest. */
export function bars(list: readonly Bar[]): void {
  const [labels, texts] = [
    Math.max(...list.map((bar) => size(bar.label))),
    Math.max(...list.map((bar) => size(bar.text))),
  ];
  const room = width - labels - texts - 6;
  const most = Math.max(...list.map((bar) => bar.value), 0);
  for (const { label, value, text } of list) {
    const parts = most > 0 ? Math.round((value / most) * room * 8) : 0;
    const bar = "█".repeat(Math.floor(parts / 8)) + (eighths[parts % 8] as string);
    print(`  ${pad(label, labels)}  ${style("cyan", pad(bar, room))}  ${pad(text, texts, true)}`);
  }
}

/** Prints a text over as many lines as it takes. */
export function wrap(text: string, start = "  ", indent = 2): void {
  let line = start;
  let used = indent;
  for (const word of text.split(" ")) {
    if (used + size(word) > width && used > indent) {
      print(line.trimEnd());
      line = " ".repeat(indent);
      used = indent;
    }
    line += `${word} `;
    used += size(word) + 1;
  }
  print(line.trimEnd());
}

const size = (text: string): number => [...text].length;

function pad(text: string, to: number, right = false): string {
  const cut = size(text) > to ? `${[...text].slice(0, to - 1).join("")}…` : text;
  const space = " ".repeat(to - size(cut));
  return right ? space + cut : cut + space;
}
