/** Random filters, with operands that often come from the data, so that answers are seldom empty. */

import { type EntityModel, type FieldModel, withParts } from "@kith/core";
import { Invalid, operatorWords, pathWords, relativeWords } from "@kith/schema";
import { someRun } from "../field-suite/subject.ts";
import type { Coverage } from "../fuzz/coverage.ts";
import { randomPathTest } from "./json-path.ts";
import { targetOf, under } from "./lookups.ts";
import type { Random } from "./random.ts";
import { randomValue, type ValueMaker } from "./values.ts";

/** What queries are made from. */
export interface QuerySource {
  readonly random: Random;
  /** Values that records have (nulls left out), by field. */
  readonly values: (field: FieldModel) => readonly unknown[];
  readonly own: Readonly<Record<string, ValueMaker>>;
  readonly coverage: Coverage;
  /** No computed floats: what they may differ by is not known. */
  readonly exact?: true;
}

type Where = Record<string, unknown>;

/** A random filter. Each level has less left to nest. */
export function randomWhere(source: QuerySource, entity: EntityModel, depth = 0): Where {
  const { random } = source;
  const form = random.weighted({
    one: 10,
    two: depth < 2 ? 1.5 : 0,
    or: depth < 2 ? 3 : 0,
    and: depth < 2 ? 1 : 0,
    not: depth < 2 ? 2 : 0,
  });
  const again = () => randomWhere(source, entity, depth + 1);
  switch (form) {
    case "one":
      return randomCondition(source, entity, depth);
    case "two":
      return { ...randomCondition(source, entity, depth), ...randomCondition(source, entity, depth) };
    case "or":
      return {
        ...(random.chance(0.1) ? randomCondition(source, entity, depth) : {}),
        or: random.times(random.int(random.chance(0.05) ? 0 : 1, 3), again),
      };
    case "and":
      return { and: random.times(random.int(0, 2), again) };
    case "not":
      return { not: again() };
  }
}

function randomCondition(source: QuerySource, entity: EntityModel, depth: number): Where {
  const { random, coverage } = source;
  const relations = entity.fields.flatMap(withParts).filter((field) => field.relation);
  if (relations.length > 0 && depth < 2 && random.chance(0.25)) {
    const field = random.pick(relations);
    const target = targetOf(field);
    const inner = () => (random.chance(0.1) ? {} : randomWhere(source, target, depth + 1));
    if (field.relation?.type === "one") {
      const where = inner();
      if (Object.keys(where).length > 0) return under(field, where);
    } else {
      const word = random.weighted({ some: 5, every: 2, none: 3 });
      return { [field.name]: random.chance(0.1) ? { some: inner(), none: inner() } : { [word]: inner() } };
    }
  }
  const parted = entity.stored.filter((field) => field.parts);
  if (parted.length > 0 && random.chance(0.05)) {
    const field = random.pick(parted);
    const parts = random.some([...(field.parts?.values() ?? [])], random.int(1, 2));
    return { [field.name]: Object.fromEntries(parts.map((part) => [part.name, randomTest(source, part, undefined)])) };
  }
  const json = entity.stored.filter((field) => field.type.paths);
  if (json.length > 0 && random.chance(0.08)) {
    const field = random.pick(json);
    return pathTest(source, field, random.pick([...pathWords, "isNull", "eq"]));
  }
  const testable = entity.stored;
  if (random.chance(0.3)) {
    const { field, word, path } = coverage.rarest(random, testable);
    return path ? pathTest(source, field, word) : under(field, randomTest(source, field, word));
  }
  // Each kind as often as it has operators.
  const words = Object.fromEntries(testable.map(({ type, def }) => [type.kind, operatorWords(type, def).length]));
  const kind = random.weighted(words);
  const field = random.pick(testable.filter((one) => one.type.kind === kind));
  return { [field.name]: randomTest(source, field, undefined) };
}

function pathTest({ random, values, coverage }: QuerySource, field: FieldModel, word: string): Where {
  coverage.metAtPath(field, word);
  return { [field.name]: randomPathTest(random, values(field), word) };
}

/** What stands under a field's name: an operator or two, a value, or null. */
export function randomTest(source: QuerySource, field: FieldModel, wanted: string | undefined): unknown {
  const { random, coverage } = source;
  const words = operatorWords(field.type, field.def);
  const word = wanted ?? random.pick(words);
  if (wanted === undefined && word === "eq" && random.chance(0.5)) {
    const value = oneValue(source, field);
    if (value !== undefined && (typeof value !== "object" || Array.isArray(value))) {
      coverage.met(field, "eq");
      return value;
    }
  }
  if (word === "isNull" && random.chance(0.2)) return null;
  const test: Where = {};
  for (const one of random.chance(0.1) ? [word, random.pick(words)] : [word]) {
    const operand = randomOperand(source, field, one);
    if (operand === undefined) continue;
    test[one] = operand;
    coverage.met(field, one);
  }
  return Object.keys(test).length > 0 ? test : null;
}

function randomOperand(source: QuerySource, field: FieldModel, word: string): unknown {
  const { random } = source;
  if (word === "isNull") return random.chance(0.5);
  const operator = field.operators[word];
  if (!operator) return undefined;
  if ((word === "eq" || word === "ne") && random.chance(0.06)) return null;
  if (operator.operand === "list" && operator.read) {
    const known = source.values(field).flatMap((value) => (Array.isArray(value) ? value : []));
    return random.some([...new Set(known)], random.int(0, 3));
  }
  if (operator.operand === "list") {
    const size = random.chance(0.03) ? 0 : random.chance(0.05) ? 150 : random.int(1, 4);
    const list = random.times(size, () => oneValue(source, field)).filter((value) => value !== undefined);
    return (word === "in" || word === "notIn") && random.chance(0.15) ? [...list, null] : list;
  }
  if (operator.operand === "pair") {
    const pair = [oneValue(source, field), oneValue(source, field)];
    if (pair.includes(undefined)) return undefined;
    return random.chance(0.8)
      ? pair.sort((a, b) => field.type.compare?.(a as never, b as never, field.def) ?? 0)
      : pair;
  }
  if (word === "near" || word === "nearby") {
    const place = oneValue(source, field);
    const reach = word === "near" ? { km: random.pick([0, 1, 500, 5_000, 10_000, 20_015]) } : undefined;
    return place && { ...(place as object), ...(reach ?? { degrees: random.pick([0, 1, 20, 180]) }) };
  }
  const whole = ["contains", "startsWith", "endsWith"].includes(word) ? oneValue(source, field) : undefined;
  if (typeof whole === "string") return piece(random, whole, word);
  if (operator.relative) return randomSpan(random);
  if (operator.read) {
    const elements = source.values(field).flatMap((value) => (Array.isArray(value) ? value : [value]));
    const fitting = elements.filter((element) => !(operator.read?.(element, field.def, someRun) instanceof Invalid));
    if (fitting.length > 0 && random.chance(0.9)) return random.pick(fitting);
    const made = randomValue(random, field.type, field.def, source.own);
    return Array.isArray(made) && made.length > 0 ? made[0] : undefined;
  }
  return oneValue(source, field);
}

/** A span of time seen from now. */
function randomSpan(random: Random): unknown {
  // Short spans have borders near what there is.
  if (random.chance(0.4)) return random.pick(["yesterday", "today", "tomorrow", "this_week"]);
  if (random.chance(0.5)) return random.pick(relativeWords);
  const unit = random.pick(["day", "week", "month", "quarter", "year", "fiscal_quarter", "fiscal_year"]);
  return { [random.pick(["last", "next"])]: random.pick([1, 1, 2, 3, 12, 40, 10_000]), unit };
}

/** A value to compare with: mostly one that a record has. */
function oneValue(source: QuerySource, field: FieldModel): unknown {
  const known = source.values(field);
  if (known.length > 0 && source.random.chance(0.8)) return source.random.pick(known);
  if (field.relation?.type === "one" || field.name === "id") return source.random.id(source.random.int(0, 99));
  return (
    randomValue(source.random, field.type, source.random.chance(0.5) ? { ...field.def } : field.def, source.own) ??
    known[0]
  );
}

/** What other languages take for more than itself. */
const wildcards = ["%", "_", "\\", "'", "*", "?", "[a-z]", ".", "^"];

/** A part of a text, whole characters only; its case is turned round now and then. */
function piece(random: Random, text: string, word: string): string {
  if (random.chance(0.1)) return random.pick(wildcards);
  const characters = [...text];
  const length = random.int(0, Math.min(characters.length, 4));
  const start =
    word === "startsWith"
      ? 0
      : word === "endsWith"
        ? characters.length - length
        : random.int(0, characters.length - length);
  const part = characters.slice(start, start + length).join("");
  return random.chance(0.3) ? (random.chance(0.5) ? part.toUpperCase() : part.toLowerCase()) : part;
}
