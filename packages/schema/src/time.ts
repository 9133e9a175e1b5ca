/** Calendar dates, instants and times of day: read strictly, written in one form. */

const instantPattern =
  /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d{2}):?(\d{2}))$/;
const timePattern = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** True for `YYYY-MM-DD` that names a day of the calendar, years 0001 to 9999. */
export function isDate(text: string): boolean {
  if (text.length !== 10 || text[4] !== "-" || text[7] !== "-") return false;
  // Anything but digits gives NaN, which no comparison lets through.
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= (monthDays[month - 1] as number))) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

/** The whole number that the digits of a part of a text stand for; NaN when there is something else. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/**
 * An instant in normal form (`2026-01-31T09:30:00.000Z`), or undefined: the text must be a real date with a time, seconds and a zone.
 * More than milliseconds are refused unless they are zeros, so that nothing is cut off unseen.
 */
export function toInstant(text: string): string | undefined {
  const match = instantPattern.exec(text);
  if (!match) return undefined;
  const [, date, hour, minute, second, fraction = "", , sign, offsetHour, offsetMinute] = match;
  if (!isDate(date as string) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  if (/[1-9]/.test(fraction.slice(3))) return undefined;
  const local = `${date}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, "0")}Z`;
  if (!sign) return local;
  if (Number(offsetHour) > 23 || Number(offsetMinute) > 59) return undefined;
  const shift = (Number(offsetHour) * 60 + Number(offsetMinute)) * 60_000;
  const moved = new Date(Date.parse(local) + (sign === "+" ? -shift : shift));
  const year = moved.getUTCFullYear();
  return year < 1 || year > 9999 ? undefined : moved.toISOString();
}

/** A time of day in normal form (`09:30:00`), or undefined. */
export function toTime(text: string): string | undefined {
  const match = timePattern.exec(text);
  return match ? `${match[1]}:${match[2]}:${match[3] ?? "00"}` : undefined;
}
