/** Exact decimals: a string outside (`'12.50'`), a whole number of the smallest unit inside (`'1250'`). No float comes near. */

import type { FieldDef, FieldType } from "./field-type.ts";

const form = /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?$/;
const largest = 9_223_372_036_854_775_807n;

/** How a decimal text failed to be one. */
export type DecimalProblem = "form" | "scale" | "range";

/**
 * The whole number of units of `10^-scale` that a decimal text stands for, or what is wrong with it.
 *
 * @example toUnits('12.5', 2) // '1250'
 */
export function toUnits(text: string, scale: number): { units: string } | { problem: DecimalProblem } {
  if (isPlain(text, scale)) {
    const cut = text.length - scale;
    return { units: scale === 0 ? text : text.slice(0, cut - 1) + text.slice(cut) };
  }
  const match = form.exec(text);
  if (!match) return { problem: "form" };
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (fraction.length > scale) return { problem: "scale" };
  const digits = `${match[2]}${fraction.padEnd(scale, "0")}`.replace(/^0+(?=\d)/, "");
  if (digits.length > 18 && BigInt(digits) > largest) return { problem: "range" };
  return { units: match[1] === "-" && digits !== "0" ? `-${digits}` : digits };
}

/**
 * Whether a text is in normal form at a scale, as nearly all amounts are: at most 17 digits, the first of them not 0, then the point and as many
 * digits as the scale says. False for some texts in normal form, too.
 */
export function isPlain(text: string, scale: number): boolean {
  const { length } = text;
  const whole = scale === 0 ? length : length - scale - 1;
  if (whole < 1 || length > 18) return false;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (i === whole ? code !== 46 : code > 57 || code < (i === 0 ? 49 : 48)) return false;
  }
  return true;
}

/**
 * The decimal text for a whole number of units.
 *
 * @example fromUnits('1250', 2) // '12.50'
 */
export function fromUnits(units: string, scale: number): string {
  if (scale === 0) return units;
  const negative = units.startsWith("-");
  const digits = (negative ? units.slice(1) : units).padStart(scale + 1, "0");
  const cut = digits.length - scale;
  return `${negative ? "-" : ""}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** Compares two whole numbers given as text. */
export function compareUnits(a: string, b: string): number {
  const x = BigInt(a);
  const y = BigInt(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The quotient of a sum and a count, rounded half away from zero, in units. `count` must be above 0. */
export function divideUnits(sum: bigint, count: bigint): string {
  const negative = sum < 0n;
  const twice = (negative ? -sum : sum) * 2n;
  const rounded = (twice + count) / (count * 2n);
  return `${negative && rounded !== 0n ? "-" : ""}${rounded}`;
}

/** How exact figures of a field are given, and back to whole units. */
export interface ExactFigure {
  readonly give: (units: string) => string;
  readonly units: (figure: string) => string;
}

/** The figures of a field whose sums are exact; undefined for any other. Figures may be larger than any one value of the field. */
export function exactFigure(type: FieldType, field: FieldDef): ExactFigure | undefined {
  if (type.measure !== "exact") return undefined;
  const { figure } = type;
  if (figure) return { give: (units) => figure.give(units, field), units: (text) => figure.units(text, field) };
  const scale = type.scale?.(field) ?? 0;
  // Decimal text at the field's own scale is its units with a point put in.
  return { give: (units) => fromUnits(units, scale), units: (text) => String(BigInt(text.replace(".", ""))) };
}
