/** Defaults: a value, data that names what the engine knows (`$actor`, `$now`), or a function. */

import { type FieldDef, type FieldType, Invalid } from "@kith/schema";
import type { Actor } from "../context/actor.ts";

const someInstant = "2026-01-31T09:30:00.000Z";

/** Whether a default is data that names what the engine knows. */
function marker(value: unknown): "$actor" | "$now" | undefined {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
  const keys = Object.keys(value);
  if (keys.length !== 1) return undefined;
  return keys[0] === "$actor" || keys[0] === "$now" ? keys[0] : undefined;
}

/** The form of an instant that a field type takes: the instant itself, or its date. */
function nowFor(type: FieldType, def: FieldDef, now: string): string | Invalid {
  const whole = type.read(now, def);
  return whole instanceof Invalid ? (type.read(now.slice(0, 10), def) as string | Invalid) : (whole as string);
}

/** What is wrong with a declared default, if anything. What a function gives is checked when it is called. */
export function defaultProblem(type: FieldType, def: FieldDef): string | undefined {
  const value = def["default"];
  if (typeof value === "function") return undefined;
  if (value === null) return def["required"] === true ? "cannot be null on a required field" : undefined;
  const special = marker(value);
  if (special === "$actor" && (value as { $actor: unknown }).$actor !== "id") return "knows only { $actor: 'id' }";
  if (special === "$now" && (value as { $now: unknown }).$now !== true) return "knows only { $now: true }";
  const sample = special === "$actor" ? "u1" : special === "$now" ? nowFor(type, def, someInstant) : value;
  const read = sample instanceof Invalid ? sample : type.read(sample, def);
  if (read instanceof Invalid) return `does not suit the field: it ${read.message}`;
  const limit = special ? undefined : type.limit?.(read, def);
  return limit ? `does not suit the field: it ${limit.message}` : undefined;
}

/** Fills a field in: gives the value, not yet read. Undefined when the field has no default. */
export type FillIn = (context: { readonly actor: Actor | null; readonly now: string }) => unknown;

/** Makes the filler of a field with a default. */
export function fillIn(type: FieldType, def: FieldDef): FillIn | undefined {
  const value = def["default"];
  if (value === undefined) return undefined;
  if (typeof value === "function") return () => (value as () => unknown)();
  const special = marker(value);
  if (special === "$actor") return ({ actor }) => actor?.id ?? null;
  if (special === "$now") return ({ now }) => nowFor(type, def, now);
  return () => value;
}
