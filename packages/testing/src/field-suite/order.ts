/** The sort order: a total one, the same in JavaScript and over columns. */

import assert from "node:assert/strict";
import { canonicalText, columnsOfType, Invalid, orderTerms, orderValues } from "@kith/schema";
import fc from "fast-check";
import type { SuiteApi } from "../api.ts";
import { compareColumn } from "./predicate.ts";
import type { Declared } from "./subject.ts";
import { show } from "./values.ts";

/** Tests of the sort order. */
export function orderTests({ it }: SuiteApi, { type, def, sample, values }: Declared): void {
  const { compare } = type;
  if (!compare) return;
  const columns = columnsOfType(type, def);
  const sign = (a: unknown, b: unknown) => Math.sign(compare(a as never, b as never, def)) + 0;
  const byColumns = (a: unknown, b: unknown) => {
    const [x, y] = [orderValues(type, a, def), orderValues(type, b, def)];
    for (const [i, term] of orderTerms(type, def).entries()) {
      const [one, other] = [x[i] ?? null, y[i] ?? null];
      const difference =
        one === null || other === null
          ? Number(one !== null) - Number(other !== null)
          : compareColumn(term.ranks ? "integer" : columns[term.column]?.type, one, other);
      if (difference !== 0) return Math.sign(difference);
    }
    return 0;
  };
  const check = (a: unknown, b: unknown, c: unknown) => {
    assert.equal(sign(a, a), 0, `${show(a)} differs from itself`);
    assert.equal(sign(a, b), -sign(b, a) + 0, `${show(a)} and ${show(b)} compare alike both ways round`);
    assert.equal(
      sign(a, b) === 0,
      canonicalText(a) === canonicalText(b),
      `${show(a)} and ${show(b)}: equal in order must be equal`,
    );
    if (sign(a, b) <= 0 && sign(b, c) <= 0)
      assert(sign(a, c) <= 0, `${show(a)} ≤ ${show(b)} ≤ ${show(c)}, and yet ${show(a)} > ${show(c)}`);
    assert.equal(byColumns(a, b), sign(a, b), `${show(a)} and ${show(b)}: compare and order disagree`);
  };

  it("is a total order, and the columns' order agrees", () => {
    for (const a of values) for (const b of values) for (const c of values.slice(0, 12)) check(a, b, c);
    if (!sample.arbitrary) return;
    fc.assert(
      fc.property(sample.arbitrary, sample.arbitrary, sample.arbitrary, (...given) => {
        const [a, b, c] = given.map((value) => type.read(value, def));
        if (![a, b, c].some((value) => value instanceof Invalid)) check(a, b, c);
      }),
    );
  });

  it("names columns that there are", () => {
    for (const term of orderTerms(type, def)) assert(term.column in columns, `order names column ${term.column}`);
  });
}
