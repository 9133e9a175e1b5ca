/** Reading, normal form, limits, and the JSON Schema that must agree with them. */

import assert from "node:assert/strict";
import { canonicalJson, columnsOfType, Invalid } from "@kith/schema";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import type { SuiteApi } from "../api.ts";
import { hostileValues } from "./hostile.ts";
import { accept, type Declared } from "./subject.ts";

/** Tests of how values come in. */
export function valueTests({ it }: SuiteApi, declared: Declared): void {
  const { type, def, sample } = declared;
  const schema = type.jsonSchema(def);
  const ajv = new Ajv2020({ strict: false, formats: { ...type.formats } });
  const lets = () => ajv.compile(schema);
  const arbitrary = fc.oneof(
    ...(sample.valid.length > 0 ? [fc.constantFrom(...sample.valid)] : []),
    ...(sample.arbitrary ? [sample.arbitrary] : []),
    fc.jsonValue().filter((value) => value !== null),
  );

  it("takes every valid value and refuses every invalid one", () => {
    for (const value of sample.valid) {
      const found = accept(declared, value);
      assert(
        !(found instanceof Invalid),
        `${show(value)} was refused: ${found instanceof Invalid ? found.message : ""}`,
      );
    }
    for (const value of sample.invalid) {
      const found = accept(declared, value);
      assert(found instanceof Invalid, `${show(value)} was taken as ${show(found)}`);
    }
  });

  it("never throws, and says what is wrong in a code and a sentence", () => {
    for (const value of [...hostileValues(), ...sample.invalid]) {
      const found = accept(declared, value);
      if (!(found instanceof Invalid)) continue;
      assert.match(found.code, /^[A-Z][A-Z0-9_.]*$/);
      assert(
        found.message.length > 3 && found.message.length < 1_000,
        `the message has ${found.message.length} characters`,
      );
    }
  });

  it("gives values in normal form: plain JSON that reads as itself, changing nothing of what it was given", () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const before = show(given);
        const value = type.read(given, def);
        assert.equal(show(given), before, "read changed the value that it was given");
        if (value instanceof Invalid) return;
        const plain = canonicalJson(value);
        assert("value" in plain, `${show(value)} is not plain JSON`);
        assert.deepEqual(JSON.parse(JSON.stringify(value)), value, "the value does not survive JSON");
        assert.notEqual(value, null, "null is no value");
        const again = type.read(value, def);
        assert.deepEqual(again, value, `${show(value)} reads as ${show(again)}`);
        assert.equal(type.limit?.(again as never, def)?.code, type.limit?.(value, def)?.code);
      }),
    );
  });

  if (type.generate || columnsOfType(type, def).length === 0) return;

  it("has a JSON Schema that lets through whatever is taken", () => {
    const validate = lets();
    for (const given of sample.valid) {
      for (const value of [given, type.read(given, def)]) {
        const plain = canonicalJson(value);
        if (!("value" in plain)) continue;
        assert(validate(value), `${show(value)} does not match the schema: ${ajv.errorsText(validate.errors)}`);
      }
    }
    if (sample.ownSchema) return;
    fc.assert(
      fc.property(arbitrary, (value) => {
        if (!(accept(declared, value) instanceof Invalid))
          assert(validate(value), `${show(value)}: ${ajv.errorsText(validate.errors)}`);
      }),
    );
  });

  it("says schemaDecides only when the schema does", () => {
    if (type.schemaDecides?.(def) !== true) return;
    const validate = lets();
    const decides = (value: unknown) => {
      if (!validate(value)) return;
      assert.deepEqual(
        accept(declared, value),
        value,
        `the schema lets ${show(value)} through, which is not valid or not in normal form`,
      );
    };
    for (const value of [...hostileValues(), ...sample.valid, ...sample.invalid]) decides(value);
    fc.assert(fc.property(arbitrary, decides));
  });
}

/** A value in a message. */
export function show(value: unknown): string {
  try {
    const text = JSON.stringify(value, (_, item) => (typeof item === "bigint" ? `${item}n` : item));
    return text === undefined ? String(value) : text.length > 200 ? `${text.slice(0, 200)}…` : text;
  } catch {
    return Object.prototype.toString.call(value);
  }
}
