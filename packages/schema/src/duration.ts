/** Lengths of time: ISO 8601 text outside, whole milliseconds inside. Weeks and days have a fixed length here; months and years have none and are refused. */

const form =
  /^([+-]?)P(?:(\d{1,15}(?:[.,]\d{1,9})?)W)?(?:(\d{1,15}(?:[.,]\d{1,9})?)D)?(?:T(?:(\d{1,15}(?:[.,]\d{1,9})?)H)?(?:(\d{1,15}(?:[.,]\d{1,9})?)M)?(?:(\d{1,15}(?:[.,]\d{1,9})?)S)?)?$/;
const units = [604_800_000n, 86_400_000n, 3_600_000n, 60_000n, 1_000n];
const billion = 1_000_000_000n;

/** How a duration's text failed to be one. */
export type DurationProblem = "form" | "calendar" | "precision" | "range";

/**
 * The whole milliseconds of an ISO 8601 duration (`P1W`, `P1DT2H`, `-PT0.5S`), or what is wrong with it. A week is 7 days, a day 24 hours. Only the
 * last part may have a fraction.
 *
 * @example toMilliseconds('PT1H30M') // { milliseconds: 5400000 }
 */
export function toMilliseconds(text: string): { milliseconds: number } | { problem: DurationProblem } {
  const upper = text.toUpperCase();
  const match = form.exec(upper);
  if (!match) return { problem: /^[+-]?P[\d.,]+[YM]/.test(upper) ? "calendar" : "form" };
  const parts = match.slice(2);
  const given = parts.flatMap((part, i) => (part === undefined ? [] : [i]));
  const last = given.at(-1);
  if (last === undefined || upper.endsWith("T")) return { problem: "form" };
  let total = 0n;
  for (const i of given) {
    const [whole = "", fraction] = (parts[i] as string).replace(",", ".").split(".");
    if (fraction !== undefined && i !== last) return { problem: "form" };
    const share = (units[i] as bigint) * BigInt((fraction ?? "").padEnd(9, "0"));
    if (share % billion !== 0n) return { problem: "precision" };
    total += BigInt(whole) * (units[i] as bigint) + share / billion;
  }
  if (total > BigInt(Number.MAX_SAFE_INTEGER)) return { problem: "range" };
  const milliseconds = Number(total);
  return { milliseconds: match[1] === "-" && milliseconds !== 0 ? -milliseconds : milliseconds };
}

/**
 * The one normal form of a length of time: hours, minutes and seconds (`PT36H5M0.5S`), `PT0S` for none. Whole milliseconds of any size, as text or number.
 *
 * @example fromMilliseconds(5_400_000) // 'PT1H30M'
 */
export function fromMilliseconds(milliseconds: number | string): string {
  const all = BigInt(milliseconds);
  const size = all < 0n ? -all : all;
  const [hours, minutes] = [size / 3_600_000n, (size / 60_000n) % 60n];
  const seconds = (size / 1_000n) % 60n;
  const fraction = String(size % 1_000n)
    .padStart(3, "0")
    .replace(/0+$/, "");
  const text = [
    hours > 0n ? `${hours}H` : "",
    minutes > 0n ? `${minutes}M` : "",
    seconds > 0n || fraction !== "" ? `${seconds}${fraction === "" ? "" : `.${fraction}`}S` : "",
  ].join("");
  return `${all < 0n ? "-" : ""}PT${text === "" ? "0S" : text}`;
}

/** The milliseconds of a duration in normal form, of any size, as text: sums may be longer than any one value. */
export function millisecondsOf(normal: string): string {
  const match = /^(-?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,3}))?S)?$/.exec(normal);
  if (!match) throw new TypeError(`'${normal}' is not a duration in normal form`);
  const [, sign, hours = "0", minutes = "0", seconds = "0", fraction = ""] = match;
  const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds);
  const size = whole * 1_000n + BigInt(fraction.padEnd(3, "0"));
  return String(sign === "-" ? -size : size);
}
