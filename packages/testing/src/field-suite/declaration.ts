/** What a field type says of itself, and what declarations of it must look like. */

import assert from "node:assert/strict";
import { commonOptions, type FieldDef, type FieldType, Invalid, partsOf } from "@kith/schema";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { SuiteApi } from "../api.ts";
import { type Declared, declare, type FieldTypeSubject } from "./subject.ts";
import { show } from "./values.ts";

/** Problems that `options` and `check` find in a declaration. */
function problems(type: FieldType, def: FieldDef): string[] {
  const found: string[] = [];
  const ajv = new Ajv2020({ strict: false });
  const common: readonly string[] = type.common ?? commonOptions;
  for (const [option, value] of Object.entries(def)) {
    if (option === "kind" || common.includes(option)) continue;
    const schema = type.options[option];
    if (schema === undefined) found.push(`${option} is not known`);
    else if (!ajv.validate(schema, value)) found.push(`${option} ${ajv.errorsText()}`);
  }
  if (found.length === 0)
    type.check?.(def, (option, message) => found.push(`${option} ${message}`), { currency: "EUR" });
  return found;
}

/** Tests of the type itself and of its declarations. */
export function declarationTests({ it }: SuiteApi, { type, samples, refused = [] }: FieldTypeSubject): void {
  it("names itself, its widget and the common options that it takes", () => {
    assert.match(type.kind, /^[a-z][A-Za-z0-9]{0,39}$/);
    assert.match(type.widget, /^[a-z][A-Za-z0-9]*$/i);
    for (const option of type.common ?? [])
      assert(commonOptions.includes(option), `'${option}' is not a common option`);
    for (const option of Object.keys(type.options))
      assert(!(commonOptions as readonly string[]).includes(option), `'${option}' is a common option`);
    assert(["number", "exact", "ordered", "plain", "parts"].includes(type.measure));
  });

  it("takes the samples' options and refuses the wrong ones", () => {
    for (const sample of samples) assert.deepEqual(problems(type, declare(type, sample).def), []);
    for (const options of refused)
      assert.notDeepEqual(problems(type, { ...options, kind: type.kind }), [], `${show(options)} was not refused`);
  });

  it("answers alike at each asking, from its declaration alone", () => {
    for (const { def } of samples.map((sample) => declare(type, sample))) {
      assert.deepEqual(type.jsonSchema(def), type.jsonSchema(def));
      assert.deepEqual(Object.keys(type.operators(def)), Object.keys(type.operators(def)));
      assert.deepEqual(type.relation?.(def), type.relation?.(def));
      const relation = type.relation?.(def);
      if (relation?.type === "one") assert(relation.idColumn in type.columns(def), "idColumn names a column");
    }
  });

  for (const sample of samples) {
    const declared = declare(type, sample);
    if (type.parts) partTests(it, declared, type.parts(declared.def));
    if (type.generate) generatorTests(it, declared);
  }
}

function partTests(
  it: SuiteApi["it"],
  { type, def, values }: Declared,
  parts: Readonly<Record<string, FieldDef>>,
): void {
  const all = values.map((value) => partsOf(type, value, def));

  it("has parts of known types, each in normal form wherever a value has it", () => {
    assert.deepEqual(type.columns(def), [], "the columns of a type with parts are its parts'");
    assert(Object.keys(parts).length > 0);
    for (const [name, part] of Object.entries(parts)) {
      assert.match(name, /^[a-z][A-Za-z0-9]{0,39}$/);
      const partType = type.partTypes?.[part.kind];
      assert(partType, `the part '${name}' is of kind '${part.kind}', which partTypes does not give`);
      for (const value of all) {
        const inside = value[name] ?? null;
        if (inside !== null)
          assert.deepEqual(partType.read(inside, part), inside, `${name}: ${show(inside)} is not in normal form`);
      }
    }
    for (const value of all)
      assert.deepEqual(
        Object.keys(value),
        Object.keys(parts),
        "a value has every part, in order, null where it is missing, and nothing else",
      );
    for (const value of all)
      assert(
        Object.values(value).some((inside) => inside !== null),
        "a value without any part could not be told from null",
      );
    for (const [i, value] of all.entries())
      assert.deepEqual(type.join ? type.join(value, def) : value, values[i], "its parts make up the value again");
  });
}

function generatorTests(it: SuiteApi["it"], { type, def }: Declared): void {
  it("makes values that it reads itself, another one for each number", () => {
    const { generate } = type;
    if (!generate) return;
    const now = "2026-01-31T09:30:00.000Z";
    assert.equal(generate.sequence(def, now), generate.sequence(def, now));
    const made = new Set<string>();
    for (let n = 1; n <= 1_200; n++) {
      const value = type.read(generate.format(def, n, now), def);
      assert(!(value instanceof Invalid), `number ${n} makes a value that is refused`);
      made.add(String(value));
    }
    assert.equal(made.size, 1_200);
  });
}
