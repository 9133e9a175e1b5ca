/** Lengths of time as people write them: `1h 30m`, `90 min`, `1:30:00`, `2 dias`. */

import { fromMilliseconds, toMilliseconds } from "../duration.ts";
import { Invalid } from "../issue.ts";
import { printable } from "../names.ts";
import type { SpelledForm, SpelledUnit } from "../spelling.ts";
import { fold } from "../text.ts";

/** From a number of each to ISO 8601. */
const units: Readonly<Record<SpelledUnit, (count: string) => string>> = {
  weeks: (count) => `P${count}W`,
  days: (count) => `P${count}D`,
  hours: (count) => `PT${count}H`,
  minutes: (count) => `PT${count}M`,
  seconds: (count) => `PT${count}S`,
  milliseconds: (count) => `PT${Number(count) / 1000}S`,
};
const order = Object.keys(units) as SpelledUnit[];
/** English and Portuguese; folded. `m` is minutes: months have no fixed length. */
const words: Readonly<Record<SpelledUnit, string>> = {
  weeks: "w wk wks week weeks sem semana semanas",
  days: "d day days dia dias",
  hours: "h hr hrs hour hours hora horas",
  minutes: "m min mins minute minutes minuto minutos",
  seconds: "s sec secs second seconds seg segs segundo segundos",
  milliseconds: "ms millisecond milliseconds milissegundo milissegundos",
};
const byWord = new Map(order.flatMap((unit) => words[unit].split(" ").map((word) => [word, unit] as const)));

/** Characters of a text that can be one. */
const longest = 200;
const sign = /^([+-]?)\s*(.*)$/s;
const pieces = /^(?:(\d+(?:[.,]\d+)?)\s*([a-z]+)\.?(?:\s*,\s*|\s+(?:and|e)\s+|\s*))+$/;
const piece = /(\d+(?:[.,]\d+)?)\s*([a-z]+)/g;
const clock = /^(\d+):([0-5]?\d)(?::([0-5]\d(?:[.,]\d+)?))?$/;

/** Reads a length of time. ISO 8601 goes through as it is, for the field type to read. */
export function readDurationText(text: string, { decimalComma = false, unit }: SpelledForm): unknown {
  if (/^[+-]?p/i.test(text)) return text;
  const [, minus, rest = ""] = sign.exec(text) as RegExpExecArray;
  const plain = fold(rest).trim();
  if (plain.length > longest) return wrong(text, unit, plain);
  const found = counted(plain, unit, decimalComma) ?? clocked(plain, unit) ?? spelled(plain);
  if (found === undefined || found.includes(undefined)) return wrong(text, unit, plain);
  const point = (count: string) => count.replace(",", ".");
  if ((decimalComma ? /\d\.\d/ : /\d,\d/).test(plain)) return wrong(text, unit, plain);
  let total = 0;
  for (const [count, of] of found as [string, SpelledUnit][]) {
    const read = toMilliseconds(units[of](point(count)));
    // What is wrong with it (digits beyond milliseconds, say), the field type will tell.
    if ("problem" in read) return units[of](point(count));
    total += read.milliseconds;
  }
  return fromMilliseconds(minus === "-" && total !== 0 ? -total : total);
}

type Pieces = readonly (readonly [string, SpelledUnit] | undefined)[];

/** A plain number, when it is known what it counts. */
function counted(text: string, unit: SpelledUnit | undefined, decimalComma: boolean): Pieces | undefined {
  const number = decimalComma ? /^\d+(,\d+)?$/ : /^\d+(\.\d+)?$/;
  return unit !== undefined && number.test(text) ? [[text, unit]] : undefined;
}

/** `h:mm:ss`; with two numbers only when it is known what the first one counts. */
function clocked(text: string, unit: SpelledUnit | undefined): Pieces | undefined {
  const match = clock.exec(text);
  if (!match) return undefined;
  const [, first = "", second = "", third] = match;
  if (third !== undefined)
    return [
      [first, "hours"],
      [second, "minutes"],
      [third, "seconds"],
    ];
  const below = unit === "hours" ? "minutes" : unit === "minutes" ? "seconds" : undefined;
  return below === undefined
    ? undefined
    : [
        [first, unit as SpelledUnit],
        [second, below],
      ];
}

/** Numbers with words, the longest first, each once. */
function spelled(text: string): Pieces | undefined {
  if (!pieces.test(text)) return undefined;
  const found = [...text.matchAll(piece)].map(([, count = "", word = ""]) => {
    const of = byWord.get(word);
    return of === undefined ? undefined : ([count, of] as const);
  });
  const places = found.map((one) => (one === undefined ? -1 : order.indexOf(one[1])));
  return places.every((place, i) => i === 0 || place > (places[i - 1] as number)) ? found : undefined;
}

function wrong(text: string, unit: SpelledUnit | undefined, plain: string): Invalid {
  const bare = unit === undefined && (/^\d+([.,]\d+)?$/.test(plain) || /^\d+:\d\d$/.test(plain));
  const hint = bare ? "; say what it counts: unit: 'minutes', or hours, seconds, days" : "";
  return new Invalid(
    "DURATION",
    `must be a duration like 1h 30m, 1:30:00 or PT1H30M, not "${printable(text, 60)}"${hint}`,
    {
      text,
    },
  );
}
