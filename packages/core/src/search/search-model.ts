/** What search looks into: the searchable fields of an entity, what a find in each counts, and the words of a record. */

import {
  didYouMean,
  isPlainObject,
  printable,
  type SearchWeight,
  type SearchWord,
  searchTokens,
  searchWeights,
} from "@kith/schema";
import type { FieldModel } from "../model/model.ts";
import type { ReportDeclaration } from "../model/report.ts";

/** A field that search looks into. */
export interface SearchField {
  readonly field: FieldModel;
  readonly weight: SearchWeight;
}

/** The searchable fields of an entity. */
export interface SearchModel {
  readonly fields: readonly SearchField[];
  /** The weights that its fields have, heaviest first. */
  readonly weights: readonly SearchWeight[];
  /** How much of each field is indexed, as `searchTokens` counts. */
  readonly budget: number;
}

/** The keys of the option `searchable`, when it is an object. */
export const searchableKeys = ["weight"] as const;

/** Raised when words are made or kept otherwise than before, so that text indexes are made anew. */
export const searchForm = 2;

/** The most of one field, and of one record: PostgreSQL keeps up to a megabyte of words with a row. */
const mostOfField = 256_000;
const mostOfRecord = 768_000;

const defaultWeight: SearchWeight = "B";

/** The searchable fields among those of an entity; undefined when there are none. The title counts most unless its field says otherwise. */
export function searchModel(fields: readonly FieldModel[], title: FieldModel | undefined): SearchModel | undefined {
  const found = fields.flatMap((field): SearchField[] => {
    const { searchable } = field.def as { searchable?: boolean | { weight: SearchWeight } };
    if (!field.type.search || !searchable) return [];
    const usual = field === title ? "A" : (field.type.search.weight ?? defaultWeight);
    return [{ field, weight: searchable === true ? usual : searchable.weight }];
  });
  if (found.length === 0) return undefined;
  return Object.freeze({
    fields: Object.freeze(found),
    weights: Object.freeze(searchWeights.filter((weight) => found.some((one) => one.weight === weight))),
    budget: Math.min(mostOfField, Math.floor(mostOfRecord / found.length)),
  });
}

/** Checks the option `searchable` of a field. */
export function checkSearchable(value: unknown, report: ReportDeclaration, where: object): void {
  if (value === undefined || typeof value === "boolean") return;
  const option = "searchable";
  if (!isPlainObject(value)) {
    report({ ...where, code: "WRONG_TYPE", option, message: "must be true, false or { weight: 'A' } ('A' to 'D')" });
    return;
  }
  const unknown = Object.keys(value).filter((key) => !(searchableKeys as readonly string[]).includes(key));
  for (const key of unknown) {
    const message = `has no key '${printable(key)}'.${didYouMean(key, searchableKeys)} It takes ${searchableKeys.join(", ")}`;
    report({ ...where, code: "UNKNOWN_KEY", option, message });
  }
  // A misspelt weight is told once.
  if (unknown.length > 0 || (searchWeights as readonly unknown[]).includes(value["weight"])) return;
  report({ ...where, code: "BAD_OPTION", option, message: `needs a weight: one of ${searchWeights.join(", ")}` });
}

/** The words of one field of a record. */
export function fieldTokens({ budget }: SearchModel, { field }: SearchField, value: unknown): string[] {
  const { type, def } = field;
  return value === null || value === undefined || !type.search
    ? []
    : searchTokens(type.search.text(value, def), budget);
}

/** The words of a record for each of the model's weights, each once. */
export function recordTokens(search: SearchModel, row: Readonly<Record<string, unknown>>): readonly string[][] {
  return search.weights.map((weight) => {
    const own = search.fields.filter((one) => one.weight === weight);
    const lists = own.map((one) => fieldTokens(search, one, row[one.field.name]));
    return lists.length === 1 ? (lists[0] as string[]) : [...new Set(lists.flat())];
  });
}

/** What a find of a whole word counts, by weight; the beginning of a word counts half. */
const points: Readonly<Record<SearchWeight, number>> = { A: 16, B: 8, C: 4, D: 2 };

/** A way in which a record can have a word. */
export interface SearchFind {
  /** In a field of this weight. */
  readonly weight: SearchWeight;
  /** As a whole word; otherwise as the beginning of one, which a whole word is too. */
  readonly whole: boolean;
  readonly points: number;
}

/** The ways in which a record can have a word, the best first. Each word counts by its best find, and a record has the sum of its words' points. */
export function searchFinds(weights: readonly SearchWeight[]): readonly SearchFind[] {
  const finds = weights.flatMap((weight) => [
    { weight, whole: true, points: points[weight] },
    { weight, whole: false, points: points[weight] / 2 },
  ]);
  return finds.sort((a, b) => b.points - a.points);
}

/** A rank out of the points of a record: 1 when each word is a whole word of a field of weight A. */
export function searchRank(sum: number, words: readonly SearchWord[]): number {
  return sum / (points.A * words.length);
}
