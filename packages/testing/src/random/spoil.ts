/** Questions with something wrong in them: whatever is sent, an answer or a coded error comes back, the same everywhere. */

import { hostileValues } from "../field-suite/hostile.ts";
import type { Question } from "../fuzz/question.ts";
import type { Random } from "./random.ts";

const words = [
  "where",
  "eq",
  "in",
  "some",
  "every",
  "and",
  "not",
  "id",
  "asc",
  "isNull",
  "__proto__",
  "constructor",
  "toString",
  "",
  "nam",
  "between",
];

/** The same question with one node of its query or values replaced, renamed or wrapped. */
export function spoil(random: Random, question: Question): Question {
  if (question.call === "transaction" || question.call === "walk") return question;
  const key = random.pick(Object.keys(question).filter((name) => !["call", "entity", "actor"].includes(name)));
  const value = (question as Readonly<Record<string, unknown>>)[key];
  return { ...question, [key]: spoilInside(random, value, 0), spoiled: true } as Question;
}

function spoilInside(random: Random, value: unknown, depth: number): unknown {
  const inside = value !== null && typeof value === "object" ? Object.keys(value) : [];
  if (inside.length > 0 && depth < 12 && random.chance(0.8)) {
    const key = random.pick(inside);
    if (Array.isArray(value))
      return value.map((item, i) => (String(i) === key ? spoilInside(random, item, depth + 1) : item));
    const entries = Object.entries(value as object);
    if (random.chance(0.25))
      return Object.fromEntries(entries.map(([name, item]) => [name === key ? random.pick(words) : name, item]));
    if (random.chance(0.15)) return { ...(value as object), [random.pick(words)]: random.pick(hostileValues()) };
    return Object.fromEntries(
      entries.map(([name, item]) => [name, name === key ? spoilInside(random, item, depth + 1) : item]),
    );
  }
  switch (random.weighted({ replace: 6, wrap: 1, list: 1, drop: 1, null: 1 })) {
    case "wrap":
      return { [random.pick(words)]: value };
    case "list":
      return [value, value];
    case "drop":
      return undefined;
    case "null":
      return null;
    case "replace":
      return random.pick(hostileValues());
  }
}
