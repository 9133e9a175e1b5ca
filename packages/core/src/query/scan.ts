/**
 * The hot path of every query: one walk that gives the shape's key (names and structure, no values) and the values in order. Equal keys mean equal
 * plans, so that everything else is done once per shape. What is wrong with a query is found by parse.ts, not here.
 */

import { isPlainObject } from "@kith/schema";
import { XrmError } from "../errors.ts";
import type { Vocabulary } from "../model/model.ts";

/** How deep and how large queries may be. */
export interface QueryLimits {
  /** Levels of nesting in filters and includes together; 24 unless set. */
  readonly depth: number;
  /** Names and operators in one query; 2,000 unless set. */
  readonly size: number;
}

/** The limits that hold unless `createXrm` is told otherwise. */
export const defaultQueryLimits: QueryLimits = { depth: 24, size: 2_000 };

/** What `near` counts besides its name: a circle is put to a database as a box and a distance, a dozen values. */
const nearSize = 10;

/** A scanned query. */
export class Scan {
  key = "";
  readonly values: unknown[] = [];
  /** Something is certainly wrong; parse.ts will say what. */
  bad = false;
  /** It groups by spans of time, which depend on who asks. */
  bucketed = false;
  private size = 0;
  private readonly vocabulary: Vocabulary;
  private readonly limits: QueryLimits;

  constructor(vocabulary: Vocabulary, limits: QueryLimits) {
    this.vocabulary = vocabulary;
    this.limits = limits;
  }

  /** A filter on figures (`free`: on names that the query makes up), a filter, or the operators under a field's name: operator words are reserved, so that one walk serves both. */
  where(where: unknown, depth: number, free = false): void {
    if (!this.plain(where)) return;
    this.enter(depth);
    if ("path" in where && this.isPathTest(where)) {
      this.pathTest(where);
      return;
    }
    this.key += "{";
    for (const name in where) {
      if (free) this.made(name);
      else this.word(name);
      const value = (where as Record<string, unknown>)[name];
      if (value === null) this.key += "~";
      else if (name === "isNull") this.key += value === true ? "+" : value === false ? "-" : this.wrong();
      else if (name === "in" || name === "notIn") this.list(value);
      else if (name === "and" || name === "or") this.conditions(value, depth, free);
      else if (this.vocabulary.operators.has(name) || typeof value !== "object" || Array.isArray(value)) {
        if (name === "near") this.count(nearSize);
        this.value(value);
      } else this.where(value, depth + 1, free);
    }
    this.key += "}";
  }

  /** A sort order: one key object or a list of them. */
  order(order: unknown, depth: number): void {
    this.enter(depth);
    if (Array.isArray(order)) for (const key of order) this.orderKey(key, depth);
    else this.orderKey(order, depth);
  }

  /** The names that are asked for, each with `true`; deeper levels and words (time buckets) for groups. */
  names(names: unknown, depth: number): void {
    if (!this.plain(names)) return;
    this.enter(depth);
    this.key += "<";
    for (const name in names) {
      this.word(name);
      const value = (names as Record<string, unknown>)[name];
      if (value === true) this.key += ",";
      else if (typeof value === "string") {
        this.literal(value);
        this.bucketed = true;
      } else this.names(value, depth + 1);
    }
    this.key += ">";
  }

  /** Nested objects of words that the query itself makes up, such as the names of measures. */
  spelled(value: unknown, depth: number): void {
    this.enter(depth);
    if (typeof value === "string") {
      this.literal(value);
      return;
    }
    if (!this.plain(value)) return;
    this.key += "(";
    for (const name in value) {
      this.literal(name);
      this.count();
      this.spelled((value as Record<string, unknown>)[name], depth + 1);
    }
    this.key += ")";
  }

  /** Figures by name: a function of a field, which may be at the end of a path, and a filter of its own. */
  measures(measures: unknown): void {
    if (!this.plain(measures)) return;
    this.key += "(";
    for (const name in measures) {
      this.made(name);
      const value = (measures as Record<string, unknown>)[name];
      if (!isPlainObject(value)) this.spelled(value, 1);
      else {
        this.key += "(";
        for (const word in value) {
          this.made(word);
          const inner = value[word];
          if (word === "where" && inner !== undefined) this.where(inner, 2);
          else if (inner === true) this.key += ",";
          else if (word === "convertTo") {
            this.bucketed = true;
            this.spelled(inner, 2);
          } else this.spelled(inner, 2);
        }
        this.key += ")";
      }
    }
    this.key += ")";
  }

  /** A name that the query itself makes up. */
  private made(name: string): void {
    this.literal(name);
    this.count();
  }

  /** A word that is part of the shape. */
  literal(word: string): void {
    if (word.length > 80) this.bad = true;
    else this.key += JSON.stringify(word);
  }

  /** A value, whose place alone is part of the shape. */
  value(value: unknown): void {
    if (value === undefined) this.bad = true;
    this.key += "=";
    this.values.push(value);
  }

  /** A name: what the model does not know is misspelt. */
  word(name: string): void {
    if (!this.vocabulary.words.has(name)) this.bad = true;
    this.count();
    this.key += name;
  }

  /** `path` beside operators goes into a json field; alone, or beside names, it is a field like any other. */
  private isPathTest(where: object): boolean {
    for (const name in where) if (name === "isNull" || this.vocabulary.operators.has(name)) return true;
    return false;
  }

  /** Operators on what stands at a path. The path and the operands' types are part of the shape. */
  private pathTest(where: Readonly<Record<string, unknown>>): void {
    this.key += "{@";
    this.count();
    this.steps(where["path"]);
    for (const name in where) {
      if (name === "path") continue;
      this.word(name);
      const value = where[name];
      if (value === null) this.key += "~";
      else if (name === "isNull") this.key += value === true ? "+" : value === false ? "-" : this.wrong();
      else {
        this.key += typesIn(value);
        this.value(value);
      }
    }
    this.key += "}";
  }

  private steps(path: unknown): void {
    const steps = typeof path === "string" ? [path] : path;
    const good =
      Array.isArray(steps) &&
      steps.length <= 40 &&
      steps.every((step) => typeof step === "number" || (typeof step === "string" && step.length <= 1_000));
    if (good) this.key += JSON.stringify(path);
    else this.bad = true;
  }

  private count(of = 1): void {
    this.size += of;
    if (this.size > this.limits.size) {
      throw new XrmError(
        "INVALID_QUERY",
        `The query has more than ${this.limits.size} names and operators; split it.`,
        { params: { limit: this.limits.size } },
      );
    }
  }

  /** One level deeper. */
  enter(depth: number): void {
    if (depth > this.limits.depth) {
      throw new XrmError(
        "INVALID_QUERY",
        `The query is nested deeper than ${this.limits.depth} levels, or holds itself; make it flatter.`,
        { params: { limit: this.limits.depth } },
      );
    }
  }

  /** True for a plain object; anything else is certainly wrong. A Map or a Date has no keys, and would pass for an empty condition. */
  plain(value: unknown): value is object {
    const plain = isPlainObject(value);
    if (!plain) this.bad = true;
    return plain;
  }

  private orderKey(key: unknown, depth: number): void {
    if (!this.plain(key)) return;
    this.enter(depth);
    this.key += "(";
    for (const name in key) {
      // Directions are marked by a letter and a sign, so that a name's beginning is marked too.
      this.key += ".";
      this.word(name);
      const value = (key as Record<string, unknown>)[name];
      if (value === "asc") this.key += "^";
      else if (value === "desc") this.key += "v";
      else this.orderKey(value, depth + 1);
    }
    this.key += ")";
  }

  private conditions(list: unknown, depth: number, free: boolean): void {
    if (!Array.isArray(list)) {
      this.bad = true;
      return;
    }
    this.key += "[";
    for (const item of list) {
      const { size } = this;
      this.where(item, depth + 1, free);
      // An empty condition has no names, but is a part of the statement all the same.
      if (this.size === size) this.count();
    }
    this.key += "]";
  }

  private list(value: unknown): void {
    // A list with null among its values is another condition than one without.
    if (Array.isArray(value) && value.includes(null)) this.key += "?";
    this.value(value);
  }

  private wrong(): string {
    this.bad = true;
    return "";
  }
}

/** The types of a value, or of a list's values: each has its own place in a statement. */
function typesIn(value: unknown): string {
  if (!Array.isArray(value)) return typesOfOne(value);
  const types = new Set<string>();
  for (const item of value) types.add(item === null ? "?" : typesOfOne(item));
  return `[${[...types].sort().join("")}]`;
}

function typesOfOne(value: unknown): string {
  return typeof value === "object" ? "o" : ((typeof value)[0] as string);
}
