/** The result of an import as a table. */

import type { ImportResult } from "@kith/import";
import type { Locale, Texts } from "./texts/texts.ts";

/** How many rejected rows are shown. */
const rejectsShown = 5;

/** The result, for people. `rejects`: the file that holds all rejected rows. */
export function reportOf(result: ImportResult, rejects: string | undefined, locale: Locale, texts: Texts): string {
  const number = new Intl.NumberFormat(locale);
  const figure = (value: number) => number.format(value);
  const { secondPass } = result;
  const counts = ([texts.rows, texts.created, texts.updated, texts.unchanged, texts.rejected] as const).map(
    (label, i) =>
      [
        label,
        figure([result.rows, result.created, result.updated, result.unchanged, result.rejected][i] as number),
      ] as const,
  );
  const width = Math.max(...counts.map(([label]) => label.length));
  const numbers = Math.max(...counts.map(([, value]) => value.length));
  const lines = [
    result.dryRun ? texts.dryRunTitle(result.entity) : texts.title(result.entity),
    ...counts.map(([label, value]) => `  ${label.padEnd(width)}  ${value.padStart(numbers)}`),
  ];
  if (secondPass.rows > 0) {
    const [set, same, refused] = [secondPass.updated, secondPass.unchanged, secondPass.rejected].map(figure) as [
      string,
      string,
      string,
    ];
    lines.push(`  ${texts.secondPass}: ${texts.secondPassValue(set, same, refused)}`);
  }
  lines.push(`  ${texts.time}: ${texts.seconds(result.seconds.toLocaleString(locale), figure(result.rowsPerSecond))}`);
  lines.push(...rejectedLines(result, rejects, figure, texts));
  if (result.aborted) lines.push("", texts.aborted);
  return `${lines.join("\n")}\n`;
}

function rejectedLines(
  { rejects: first, rejected }: ImportResult,
  file: string | undefined,
  figure: (value: number) => string,
  texts: Texts,
): string[] {
  if (rejected === 0) return [];
  const shown = first.slice(0, rejectsShown);
  const more = rejected - shown.length;
  return [
    "",
    ...shown.map(({ line, code, reason }) => `  ${texts.line(figure(line))} ${code}: ${reason}`),
    ...(more > 0 ? [`  ${texts.moreRejected(figure(more))}`] : []),
    "",
    file === undefined ? texts.rejectedHint : texts.rejectedIn(file),
  ];
}
