/** Points as people and maps write them: `-23.55, -46.63`, `23.55° S, 46.63° W`, `23°33'0"S 46°37'48"W`. */

import { Invalid } from "../issue.ts";
import { printable } from "../names.ts";
import type { SpelledForm } from "../spelling.ts";

const coordinate = (sign: string) => {
  const number = `\\d+(?:${sign}\\d+)?`;
  return `([+-]?)(${number})\\s*°?(?:\\s*(?<=°\\s*)(${number})\\s*['′’])?(?:\\s*(${number})\\s*(?:"|″|”|''))?\\s*([NSEWOL]?)`;
};
const pair = (sign: string, between: string) =>
  new RegExp(`^${coordinate(sign)}(?:${between})${coordinate(sign)}$`, "i");
const withPoint = pair("\\.", "\\s*[,;]\\s*|\\s+");
// With decimal commas, a comma parts the two only when a space follows it.
const withComma = pair(",", "\\s*;\\s*|\\s*,\\s+|\\s+");

/** Characters of a text that can be one. */
const longest = 200;

/** Which way a letter points, and whether it counts downwards; west is O in Portuguese (oeste), east L (leste). */
const letters: Readonly<Record<string, readonly [axis: "lat" | "lng", sign: 1 | -1]>> = {
  N: ["lat", 1],
  S: ["lat", -1],
  E: ["lng", 1],
  L: ["lng", 1],
  W: ["lng", -1],
  O: ["lng", -1],
};

/** Reads a point, degrees north first unless letters say otherwise. */
export function readPointText(text: string, { decimalComma }: SpelledForm): unknown {
  const match = text.length > longest ? null : (decimalComma ? withComma : withPoint).exec(text);
  const first = match && degrees(match.slice(1, 6));
  const second = match && degrees(match.slice(6, 11));
  const [lat, lng] = first?.axis === "lng" || second?.axis === "lat" ? [second, first] : [first, second];
  if (!lat || !lng || lat.axis === "lng" || lng.axis === "lat") return wrong(text, decimalComma === true);
  return { lat: lat.value, lng: lng.value };
}

function degrees(parts: readonly (string | undefined)[]) {
  const [minus, whole, minutes, seconds, letter = ""] = parts;
  const number = (digits: string | undefined) => Number((digits ?? "0").replace(",", "."));
  if (number(minutes) >= 60 || number(seconds) >= 60) return undefined;
  const [axis, way] = letters[letter.toUpperCase()] ?? [undefined, 1];
  if (axis !== undefined && minus !== "") return undefined;
  const size = number(whole) + number(minutes) / 60 + number(seconds) / 3600;
  return { axis, value: (minus === "-" ? -size : size) * way };
}

function wrong(text: string, decimalComma: boolean): Invalid {
  const example = decimalComma ? "-23,55; -46,63" : "-23.55, -46.63";
  const other = decimalComma ? withPoint.test(text) : withComma.test(text) && text.includes(",");
  const hint = !other
    ? ""
    : decimalComma
      ? "; its decimal sign is a point"
      : "; say decimalComma if commas are decimal signs";
  return new Invalid(
    "GEO",
    `must be a point like ${example}, in degrees north and east, not "${printable(text, 60)}"${hint}`,
    { text },
  );
}
