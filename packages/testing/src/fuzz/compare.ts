/** Whether two answers are the same: exactly, but for computed floats. */

import type { Answer } from "./question.ts";

/** How two answers differ: where, and what each says. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** By how much numbers under a name may differ; 0 unless it says otherwise. */
export type Tolerance = (name: string) => number;

const none: Tolerance = () => 0;

/** The first difference of two answers. Keys must come in the same order too, -0 is not 0. */
export function difference(expected: Answer, actual: Answer, tolerance: Tolerance = none): Difference | undefined {
  if ("code" in expected || "code" in actual) {
    const [a, b] = [expected, actual].map((answer) => ("code" in answer ? answer.code : "an answer"));
    return a === b ? undefined : { path: "", expected: shown(expected), actual: shown(actual) };
  }
  return inside("", "", expected.value, actual.value, tolerance);
}

function shown(answer: Answer): unknown {
  return "code" in answer ? `${answer.code}: ${answer.message}` : answer.value;
}

function inside(path: string, name: string, a: unknown, b: unknown, tolerance: Tolerance): Difference | undefined {
  if (Object.is(a, b)) return undefined;
  const differs = { path, expected: a, actual: b };
  if (typeof a === "number" && typeof b === "number") {
    const allowed = tolerance(name);
    return allowed > 0 && Math.abs(a - b) <= allowed + 1e-12 * Math.max(Math.abs(a), Math.abs(b)) ? undefined : differs;
  }
  if (
    a === null ||
    b === null ||
    typeof a !== "object" ||
    typeof b !== "object" ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return differs;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (keys.join("\n") !== others.join("\n"))
    return { path: `${path} (keys)`, expected: Array.isArray(a) ? a : keys, actual: Array.isArray(b) ? b : others };
  for (const key of keys) {
    const found = inside(
      path === "" ? key : `${path}.${key}`,
      key,
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      tolerance,
    );
    if (found) return found;
  }
  return undefined;
}
