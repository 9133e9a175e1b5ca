/** Forms of dates and times, like `DD/MM/YYYY HH:mm`. */

/** The parts of a date and a time, as digits. */
export interface TimeParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly fraction: string;
}

/** Reads text of one form; undefined when it has another. */
export type TimeReader = (text: string) => TimeParts | undefined;

const tokens: Readonly<Record<string, readonly [part: keyof TimeParts, pattern: string]>> = {
  YYYY: ["year", "\\d{4}"],
  YY: ["year", "\\d{2}"],
  MM: ["month", "\\d{2}"],
  M: ["month", "\\d{1,2}"],
  DD: ["day", "\\d{2}"],
  D: ["day", "\\d{1,2}"],
  HH: ["hour", "\\d{2}"],
  H: ["hour", "\\d{1,2}"],
  mm: ["minute", "\\d{2}"],
  ss: ["second", "\\d{2}"],
  SSS: ["fraction", "\\d{3}"],
};
const token = /YYYY|YY|MM|M|DD|D|HH|H|mm|ss|SSS/g;

/** The parts that a form names; `problem` when it cannot be one. */
export function readFormat(
  format: string,
): { parts: ReadonlySet<keyof TimeParts>; read: TimeReader } | { problem: string } {
  const names: (keyof TimeParts)[] = [];
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  let pattern = "";
  let end = 0;
  for (const found of format.matchAll(token)) {
    const [part, digits] = tokens[found[0]] as (typeof tokens)[string];
    if (names.includes(part)) return { problem: `names the ${part} twice` };
    names.push(part);
    pattern += `${escaped(format.slice(end, found.index))}(${digits})`;
    end = found.index + found[0].length;
  }
  const rest = format.replace(token, "");
  const stray = /[A-Za-z]/.exec(rest.replace(/[TZ]/g, ""));
  if (stray)
    return { problem: `has '${stray[0]}', which stands for nothing; it takes ${Object.keys(tokens).join(" ")}` };
  const regexp = new RegExp(`^${pattern}${escaped(format.slice(end))}$`);
  return {
    parts: new Set(names),
    read(text) {
      const match = regexp.exec(text);
      if (!match) return undefined;
      const given: Partial<Record<keyof TimeParts, string>> = {};
      for (const [i, name] of names.entries()) given[name] = match[i + 1] as string;
      const pad = (part: keyof TimeParts) => (given[part] ?? "").padStart(2, "0");
      return {
        year: fullYear(given.year ?? ""),
        month: pad("month"),
        day: pad("day"),
        hour: pad("hour"),
        minute: pad("minute"),
        second: pad("second"),
        fraction: given.fraction ?? "000",
      };
    },
  };
}

/** 1969 to 2068, as POSIX has it. */
function fullYear(year: string): string {
  if (year.length !== 2) return year;
  return `${Number(year) < 69 ? "20" : "19"}${year}`;
}
