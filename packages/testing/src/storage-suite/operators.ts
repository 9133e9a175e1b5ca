/** Every operator on every field type: the answers are those that the operator's own test gives. */

import assert from "node:assert/strict";
import { Invalid, type OperandContext, type Operator, readOperand, relativeWords } from "@kith/schema";
import { topic } from "./case.ts";
import { thing } from "./fixture.ts";
import { type DeclaredField, declarations } from "./values.ts";

/** Operands for an operator, in normal form. */
function operands(operator: Operator, word: string, { type, def, values }: DeclaredField): unknown[] {
  const some = values.filter((_, i) => i % Math.ceil(values.length / 14) === 0);
  const parts = (text: string) => [
    text,
    [...text].slice(0, 1).join(""),
    [...text].slice(-1).join(""),
    text.toUpperCase(),
  ];
  const given: readonly unknown[] = operator.relative
    ? [...relativeWords, { last: 400, unit: "day" }, { next: 30, unit: "year" }]
    : operator.read && operator.operand === "list"
      ? [[], ...values, values.flat()]
      : operator.operand === "list"
        ? [[], some.slice(0, 1), some, values]
        : operator.operand === "pair"
          ? some.flatMap((low) => [some[0], some[3], some.at(-1)].map((high) => [low, high]))
          : word === "contains" && Array.isArray(values[0])
            ? [...new Set(values.flat())]
            : ["contains", "startsWith", "endsWith"].includes(word)
              ? ["", "%", "_", "\\", ...some.flatMap((value) => parts(String(value)))]
              : some;
  return given
    .map((operand) => (operator.relative ? operand : readOperand(operator, type, operand, def, run)))
    .filter((operand) => !(operand instanceof Invalid));
}

/** What the clock of a case says, and the system's zone and fiscal year. */
const run: OperandContext = { now: "2026-01-31T09:30:00.000Z", timeZone: "UTC", fiscalYearStart: 1 };

/** One case for each field type. */
export const operators = topic(
  "operators",
  Object.fromEntries(
    declarations.map((declared) => [
      declared.name,
      async (t) => {
        const { type, def, values } = declared;
        const things = (await t.open(thing({ value: def as never }))).entity("thing");
        const rows = await things.createMany([...values, null].map((value) => ({ value })));
        const ids = (test: (value: unknown) => boolean) =>
          rows.filter((row) => test(row["value"])).map((row) => row["id"]);
        const found = async (where: object) =>
          (await things.findMany({ where, select: { id: true } })).map((row) => row["id"]);
        for (const [word, operator] of Object.entries(type.operators(def))) {
          for (const operand of operands(operator, word, declared)) {
            const normal = operator.relative ? readOperand(operator, type, operand, def, run) : operand;
            const holds = (value: unknown) => (value === null ? operator.nulls : operator.test(value, normal, def));
            const what = `${word} ${JSON.stringify(operand)}`.slice(0, 300);
            assert.deepEqual(await found({ value: { [word]: operand } }), ids(holds), what);
            assert.deepEqual(
              await found({ not: { value: { [word]: operand } } }),
              ids((value) => !holds(value)),
              `not ${what}`,
            );
          }
        }
        assert.deepEqual(
          await found({ value: { isNull: true } }),
          ids((value) => value === null),
        );
        assert.deepEqual(
          await found({ value: { isNull: false } }),
          ids((value) => value !== null),
        );
        assert.deepEqual(
          await found({ value: null }),
          ids((value) => value === null),
        );
      },
    ]),
  ),
);
