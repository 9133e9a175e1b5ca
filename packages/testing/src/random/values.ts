/** Random values of each kind of field: at the edges for proofs, plain ones for records that people look at. */

import { type FieldDef, type FieldType, fromUnits, Invalid, toUnits } from "@kith/schema";
import { edgeDates, edgeDurations, edgeFloats, edgeIntegers, edgeTexts, edgeTimes, edgeUnits } from "./edges.ts";
import type { Random } from "./random.ts";
import { schemaValue } from "./schema-value.ts";

/** Makes a value for a field; what it gives need not be in normal form yet, and may break limits. */
export type ValueMaker = (random: Random, def: FieldDef) => unknown;

const words = [
  "amber",
  "Basel",
  "Córdoba",
  "delta",
  "Évora",
  "forge",
  "Gmünd",
  "harbor",
  "Île",
  "juniper",
  "Kraków",
  "lumen",
];

const text: ValueMaker = (random) =>
  random.chance(0.7)
    ? random.pick(edgeTexts)
    : random
        .times(random.int(1, 3), () => random.pick(random.chance(0.5) ? words : edgeTexts))
        .join(random.pick(["", " ", "-"]));

const word = (random: Random) =>
  random.pick(["a", "b", "Ab", "o'neil", "x_y", "x%y", "joao", "JOAO", "max.mustermann"]);

const units: ValueMaker = (random, def) => {
  const scale = (def["scale"] as number | undefined) ?? 2;
  const whole = random.chance(0.5) ? random.pick(edgeUnits) : BigInt(random.int(-20_000, 20_000));
  return fromUnits(String(whole), scale);
};

const float: ValueMaker = (random) =>
  random.chance(0.6)
    ? random.pick(edgeFloats)
    : Math.round(random.next() * 2_000_000 - 1_000_000) / random.pick([1, 4, 100, 1000]);

const choices = (def: FieldDef) => (Array.isArray(def["values"]) ? (def["values"] as readonly string[]) : []);

const day = (random: Random) =>
  random.chance(0.5)
    ? random.pick(edgeDates)
    : new Date(Date.UTC(2024, random.int(0, 11), random.int(1, 28))).toISOString().slice(0, 10);

const clock = (random: Random) =>
  random.chance(0.5)
    ? random.pick(edgeTimes)
    : [random.int(0, 23), random.int(0, 59), random.int(0, 59)].map((n) => String(n).padStart(2, "0")).join(":");

/** Poles, the date line and its two names, and places in between. */
const point: ValueMaker = (random) => ({
  lat: random.pick([0, -0, 10, 10.5, -90, 90, 89.9999, random.int(-900, 900) / 10]),
  lng: random.pick([0, 180, -180, 179.9999, -179.9999, 10, random.int(-1800, 1800) / 10]),
});

/** How the built-in kinds are made. Other kinds are made from their JSON Schema, or by a maker that the caller gives. */
export const makers: Readonly<Record<string, ValueMaker>> = {
  text,
  longText: (random, def) => (random.chance(0.05) ? `${"long ".repeat(random.int(50, 400))}é` : text(random, def)),
  user: (random) => random.pick(["u1", "U1", "ana", "auth0|5f7c", "João", "'", "42"]),
  email: (random) =>
    random.pick([
      `${word(random)}@example.com`,
      `${word(random)}@Example.COM`,
      `${word(random)}${random.int(0, 9)}@münchen.de`,
      `${random.int(0, 99)}@a.b.co`,
    ]),
  phone: (random) => `+${random.pick(["55", "1", "49", "351"])}${random.int(1_000_000, 99_999_999)}`,
  url: (random) =>
    `${random.pick(["http", "https", "HTTPS"])}://${random.pick(["example.com", "Example.com", "a.b", "ex.ample"])}/${random.pick(["", "a", "A?b=%20", "é", "_%", "x#y"])}`,
  integer: (random) => (random.chance(0.5) ? random.pick(edgeIntegers) : random.int(-50, 50)),
  number: float,
  percent: (random, def) => (random.chance(0.5) ? random.int(0, 400) / 4 : float(random, def)),
  decimal: units,
  money: units,
  boolean: (random) => random.chance(0.5),
  date: day,
  datetime: (random) => `${day(random)}T${clock(random)}.${random.pick(["000", "001", "999", "500"])}Z`,
  time: clock,
  choice: (random, def) => random.pick(choices(def)),
  multiChoice: (random, def) => random.some(choices(def), random.int(0, choices(def).length)),
  tags: (random) =>
    random
      .times(random.int(0, 4), () => random.pick([...edgeTexts, "vip", "new", "VIP"]).trim())
      .filter((tag) => tag !== ""),
  geo: point,
  spot: point,
  address: (random) => ({
    street: random.pick([null, "Rua A", "rua a", "", ...edgeTexts]),
    street2: random.pick([null, null, "c/o Ana"]),
    city: random.pick([null, "São Paulo", "sao paulo", "Berlin", "%"]),
    region: random.pick([null, "SP", "Île-de-France"]),
    postcode: random.pick([null, "01000", "AB1"]),
    country: random.pick([null, "BR", "de", "US", "XK"]),
  }),
  duration: (random) => `${random.chance(0.3) ? "-" : ""}${random.pick(edgeDurations)}`,
  json: (random, def) => (def["schema"] === undefined ? json(random, 0) : schemaValue(random, def["schema"] as object)),
};

/** A valid value in normal form, or undefined when none is found: limits may leave no room. */
export function randomValue(
  random: Random,
  type: FieldType,
  def: FieldDef,
  own: Readonly<Record<string, ValueMaker>> = {},
): unknown {
  const maker = own[type.kind] ?? makers[type.kind];
  for (let attempt = 0; attempt < 40; attempt++) {
    const made = maker && attempt < 20 ? maker(random, def) : schemaValue(random, type.jsonSchema(def));
    if (made === undefined || made === null) continue;
    const value = type.read(within(random, made, def), def);
    if (!(value instanceof Invalid) && type.limit?.(value, def) === undefined) return value;
  }
  return undefined;
}

/** Bends a value towards the declared limits, so that narrow ones are met too. */
function within(random: Random, made: unknown, def: FieldDef): unknown {
  const { min, max } = def;
  if (typeof made === "number" && (typeof min === "number" || typeof max === "number")) {
    const low = typeof min === "number" ? min : (max as number) - 1_000;
    const high = typeof max === "number" ? max : (min as number) + 1_000;
    if (made >= low && made <= high) return made;
    return Number.isInteger(made) ? random.int(Math.ceil(low), Math.floor(high)) : low + random.next() * (high - low);
  }
  if (typeof made === "string" && typeof max === "number" && made.length > max) return [...made].slice(0, max).join("");
  if (typeof made === "string" && typeof min === "number" && made.length < min) return made.padEnd(min, "x");
  if (typeof made === "string" && typeof min === "string" && typeof max === "string")
    return between(random, made, min, max, def);
  return made;
}

/** A decimal between two; other text with limits (dates) is one of the two ends, or as it was. */
function between(random: Random, made: string, min: string, max: string, def: FieldDef): string {
  const scale = (def["scale"] as number | undefined) ?? 2;
  const [low, high] = [toUnits(min, scale), toUnits(max, scale)];
  if (!("units" in low && "units" in high)) return made >= min && made <= max ? made : random.pick([min, max]);
  const span = Number(BigInt(high.units) - BigInt(low.units));
  return fromUnits(String(BigInt(low.units) + BigInt(Math.floor(random.next() * (span + 1)))), scale);
}

/** Much alike, so that what stands at one path in one value stands at the same in others. */
function json(random: Random, depth: number): unknown {
  const few = () => random.pick(random.chance(0.6) ? edgeTexts.slice(0, 16) : edgeTexts);
  const plain = () => random.pick<unknown>([true, false, 0, -1.5, 1e21, "", few(), few(), few(), random.int(-9, 99)]);
  if (depth > 2 || random.chance(depth === 0 ? 0.2 : 0.5)) return plain();
  if (random.chance(0.35))
    return random.times(random.int(0, 3), () => (random.chance(0.1) ? null : json(random, depth + 1)));
  return Object.fromEntries(
    random.times(random.int(0, 3), () => [
      random.chance(0.5) ? "a" : random.pick(["b", "é", "a b", "1", "constructor", ""]),
      json(random, depth + 1),
    ]),
  );
}
