/** How values cross the wire: bindings as text, lists as PostgreSQL writes arrays, instants as it prints them. */

/** What goes to the server: text, or nothing for null. */
export type Wire = string | null;

/** A binding as text. Lists become arrays. */
export function wire(value: unknown): Wire {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? arrayText(value) : String(value);
}

const special = /["\\]/g;
const plain = /^[0-9A-Za-z_.+:-]+$/;

/** A list as the text of an array. */
function arrayText(values: readonly unknown[]): string {
  let text = "{";
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ",";
    const value = values[i];
    if (value === null || value === undefined) text += "null";
    else if (typeof value !== "string") text += String(value);
    // The word null would be taken for none.
    else if (plain.test(value) && value.length !== 4) text += value;
    else text += `"${value.replace(special, "\\$&")}"`;
  }
  return `${text}}`;
}

/**
 * An instant as PostgreSQL prints it, in whichever time zone: `2026-01-31 09:30:00.5+00`, as ISO text in UTC with milliseconds.
 */
export function instantText(printed: string): string {
  const { length } = printed;
  if (printed.endsWith("+00")) {
    const start = `${printed.slice(0, 10)}T${printed.slice(11, 19)}`;
    if (length === 22) return `${start}.000Z`;
    return `${start}.${printed.slice(20, length - 3).padEnd(3, "0")}Z`;
  }
  return otherZone(printed);
}

const zoned = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,3})?([+-]\d\d)(?::(\d\d))?(?::(\d\d))?$/;

function otherZone(printed: string): string {
  const found = zoned.exec(printed);
  if (!found) throw new RangeError(`PostgreSQL printed an instant as '${printed}'.`);
  const [, date, time, fraction = "", hours = "+00", minutes = "00", seconds = "00"] = found;
  const sign = hours.startsWith("-") ? -1 : 1;
  const offset = sign * ((Math.abs(Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1_000;
  return new Date(Date.parse(`${date}T${time}${fraction}Z`) - offset).toISOString();
}

/** JSON as it was written: its objects' keys in order, which `jsonb` does not keep. */
export function jsonValue(printed: string): unknown {
  const value = JSON.parse(printed) as unknown;
  return typeof value === "object" && value !== null ? inOrder(value) : value;
}

function inOrder(value: object): object {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      if (typeof item === "object" && item !== null) value[i] = inOrder(item);
    }
    return value;
  }
  const sorted: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const item = (value as Record<string, unknown>)[key];
    sorted[key] = typeof item === "object" && item !== null ? inOrder(item) : item;
  }
  return sorted;
}
