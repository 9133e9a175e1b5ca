/** How people write values: what an importer takes from a field type must be what the type takes. */

import assert from "node:assert/strict";
import { type FieldType, Invalid, isStorable } from "@kith/schema";
import fc from "fast-check";
import type { SuiteApi } from "../api.ts";
import type { Declared } from "./subject.ts";
import { show } from "./values.ts";

/** Tests of a type's `spelling`, and of those of its parts. */
export function spellingTests({ it }: SuiteApi, { type, def, values }: Declared): void {
  const { text, words, members } = type.spelling ?? {};

  if (text)
    it("reads its own normal form as people may write it, and any text without throwing", () => {
      for (const value of values) {
        if (typeof value === "string") assert.deepEqual(type.read(text.read(value, def, {}), def), value);
      }
      const forms = [{}, { decimalComma: true }, { unit: "hours" }, { unit: "minutes", decimalComma: true }] as const;
      const pieces = fc.array(fc.constantFrom("1", "2,5", "-", ".5", ":30", " ", "h", "min", "N", "°", ";", "{", "e"));
      fc.assert(
        fc.property(
          fc.oneof(
            fc.string({ unit: "binary" }),
            pieces.map((some) => some.join("")),
          ),
          (given) => {
            for (const form of forms) {
              const read: unknown = text.read(given, def, form);
              const value: unknown = read instanceof Invalid ? read : type.read(read, def);
              if (value instanceof Invalid) assert(isStorable(value.message), `${show(given)}: ${show(value.message)}`);
              else assert.deepEqual(type.read(value, def), value, `${show(given)} is read as ${show(value)}`);
            }
          },
        ),
      );
    });

  if (words)
    it("calls values by words that stand for values which it takes", () => {
      for (const [word, value] of words(def)) {
        assert(word.trim() !== "", `a word for ${show(value)} is empty`);
        const [one, several] = [type.read(value, def), type.read([value], def)];
        assert(!(one instanceof Invalid && several instanceof Invalid), `${show(word)} stands for ${show(value)}`);
      }
    });

  if (members)
    it("names members that its values have", () => {
      const { properties } = type.jsonSchema(def) as { properties?: object };
      for (const name of Object.keys(members)) assert(Object.hasOwn(properties ?? {}, name), `'${name}' is no member`);
    });

  for (const [name, part] of Object.entries(type.parts?.(def) ?? {})) {
    const partType = type.partTypes?.[part.kind] as FieldType;
    const own = values.flatMap((value) => (value as Record<string, unknown>)[name] ?? []);
    if (partType.spelling && !type.split)
      spellingTests(
        { it: (title, test) => it(`${name}: ${title}`, test) } as SuiteApi,
        { type: partType, def: part, values: own } as unknown as Declared,
      );
  }
}
