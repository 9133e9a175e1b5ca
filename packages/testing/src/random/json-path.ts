/** Random filters on paths into JSON, mostly to where some record has a value. */

import { valueAt } from "@kith/schema";
import type { Random } from "./random.ts";

type Steps = (string | number)[];

/** A test of what stands at a path in a json field, by an operator. */
export function randomPathTest(random: Random, values: readonly unknown[], word: string): Record<string, unknown> {
  const known = values.filter((value) => value !== null && typeof value === "object" && Object.keys(value).length > 0);
  const path = known.length > 0 && random.chance(0.9) ? walk(random, random.pick(known)) : [random.pick(["a", "é", 0])];
  const scalars = known
    .map((value) => valueAt(value, path))
    .filter((value) => ["string", "number", "boolean"].includes(typeof value));
  const scalar = () =>
    scalars.length > 0 && random.chance(0.8) ? random.pick(scalars) : random.pick<unknown>(["a", "", 0, 1.5, -1, true]);
  return { path: written(random, path), [word]: operand(random, word, scalar) };
}

function operand(random: Random, word: string, scalar: () => unknown): unknown {
  if (word === "isNull") return random.chance(0.5);
  if ((word === "eq" || word === "ne") && random.chance(0.1)) return null;
  if (word === "in" || word === "notIn")
    return [...random.times(random.int(0, 4), scalar), ...(random.chance(0.2) ? [null] : [])];
  if (word === "between") {
    const low = scalar();
    const high = scalar();
    return typeof high === typeof low ? [low, high] : [low, low];
  }
  if (["contains", "startsWith", "endsWith"].includes(word)) {
    const characters = [...String(scalar())];
    const size = random.int(0, 3);
    const part = (word === "endsWith" && size > 0 ? characters.slice(-size) : characters.slice(0, size)).join("");
    return random.pick([part, part, part.toUpperCase(), part.toLowerCase()]);
  }
  return scalar();
}

/** Some way into a value. */
function walk(random: Random, value: unknown): Steps {
  const path: Steps = [];
  for (let at = value; at !== null && typeof at === "object" && path.length < 20; ) {
    const keys = Object.keys(at);
    if (keys.length === 0 || (path.length > 0 && random.chance(0.15))) break;
    const key = random.pick(keys);
    path.push(Array.isArray(at) ? Number(key) : key);
    at = (at as Record<string, unknown>)[key];
  }
  return path;
}

/** As dotted text where that means the same. */
function written(random: Random, path: Steps): string | Steps {
  const plain = path.every((step) => typeof step === "number" || /^[^\d.][^.]*$/.test(step));
  return plain && random.chance(0.5) ? path.join(".") : path;
}
