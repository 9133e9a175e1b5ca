/** Each operator says it twice, in JavaScript and over columns: both must say the same. */

import assert from "node:assert/strict";
import {
  canonicalJson,
  canonicalText,
  columnsOfType,
  encodeValue,
  Invalid,
  type Operator,
  operatorNames,
  readOperand,
} from "@kith/schema";
import fc from "fast-check";
import type { SuiteApi } from "../api.ts";
import { satisfies } from "./predicate.ts";
import { type Declared, operandsOf, someRun } from "./subject.ts";
import { show } from "./values.ts";

const matching = new Set(["contains", "startsWith", "endsWith"]);

/** Tests of operators. */
export function operatorTests({ it }: SuiteApi, declared: Declared): void {
  const { type, def, sample, values } = declared;
  const operators = type.operators(def);

  for (const [word, operator] of Object.entries(operators)) {
    const operands = operandsOf(declared, word);

    it(`${word}: its reading over columns agrees with its test`, () => {
      assert(operands.length > 0, `there is no operand to try '${word}' with; give some under operands.${word}`);
      const predicate = operator.predicate(def);
      assert.deepEqual(operator.predicate(def), predicate, "the predicate is the same at each asking");
      const check = (value: unknown, operand: unknown) => {
        const on = {
          columns: columnsOfType(type, def),
          values: encodeValue(type, value, def),
          params: operator.params(operand, def),
        };
        const said = operator.test(value, operand, def);
        assert.equal(satisfies(predicate, on), said, `${show(value)} ${word} ${show(operand)}: the test says ${said}`);
      };
      for (const value of values) for (const operand of operands) check(value, operand);
      const more = sample.arbitrary;
      if (!more) return;
      fc.assert(
        fc.property(more, fc.nat(1_000), (given, pick) => {
          const value = type.read(given, def);
          if (!(value instanceof Invalid)) check(value, operands[pick % operands.length]);
        }),
      );
    });

    it(`${word}: its operand reads into a normal form, its parameters are as many for each`, () => {
      const counts = new Set<number>();
      for (const operand of operands) {
        // What is relative to the run is another value at the next.
        if (!operator.relative) {
          assert.deepEqual(
            readOperand(operator, type, operand, def, someRun),
            operand,
            `${show(operand)} does not read as itself`,
          );
        }
        const params = operator.params(operand, def);
        for (const param of params)
          assert("value" in canonicalJson(param), `the parameter ${show(param)} is not plain JSON`);
        counts.add(params.length);
      }
      if (matching.has(word) && type.columns(def)[0]?.type === "text")
        for (const part of ["a", "@", "", "+5"])
          assert.equal(
            readOperand(operator, type, part, def, someRun),
            part,
            `'${word}' takes any text, a value's part among them`,
          );
      assert(counts.size <= 1, "a statement is prepared once: the number of parameters must not depend on the operand");
      for (const wrong of [Symbol("x"), undefined, null, () => 1, Number.NaN])
        assert(readOperand(operator, type, wrong, def, someRun) instanceof Invalid);
    });

    it(`${word}: its name can stand in a filter`, () => {
      assert.match(word, /^[a-z][A-Za-z0-9]{0,39}$/);
      assert.notEqual(word, "isNull", "isNull is everybody's and the engine's own");
      assert.equal(typeof operator.nulls, "boolean");
      if (operatorNames.includes(word))
        assert.equal(operator.nulls, word === "ne" || word === "notIn", "ne and notIn alone hold for null");
    });
  }

  it("means the usual by the usual words", () => {
    const holds = (word: string, value: unknown, operand: unknown) =>
      (operators[word] as Operator).test(value, operand, def);
    for (const a of values) {
      for (const b of values) {
        const equal = canonicalText(a) === canonicalText(b);
        if (operators["eq"]) assert.equal(holds("eq", a, b), equal, `${show(a)} eq ${show(b)}`);
        if (operators["ne"]) assert.equal(holds("ne", a, b), !equal);
        if (operators["in"]) assert.equal(holds("in", a, [b]), equal);
        if (operators["notIn"]) assert.equal(holds("notIn", a, [b]), !equal);
        if (!type.compare) continue;
        const difference = type.compare(a, b, def);
        if (operators["gt"]) assert.equal(holds("gt", a, b), difference > 0);
        if (operators["gte"]) assert.equal(holds("gte", a, b), difference >= 0);
        if (operators["lt"]) assert.equal(holds("lt", a, b), difference < 0);
        if (operators["lte"]) assert.equal(holds("lte", a, b), difference <= 0);
        if (operators["between"]) assert.equal(holds("between", a, [b, b]), difference === 0);
      }
    }
  });
}
