/** The suite that every field type must pass. */

import type { SuiteApi } from "../api.ts";
import { columnTests } from "./columns.ts";
import { declarationTests } from "./declaration.ts";
import { operatorTests } from "./operators.ts";
import { orderTests } from "./order.ts";
import { spellingTests } from "./spelling.ts";
import { declare, type FieldTypeSubject } from "./subject.ts";
import { valueTests } from "./values.ts";

/**
 * Proves that a field type keeps its contract: what it reads is in normal form and stays so; its JSON Schema lets through all that it takes;
 * `schemaDecides` is honest; columns bring values back; each operator means the same in JavaScript and over columns; its order is total and the
 * same in both. Values come from the samples and, with fast-check, from `arbitrary`.
 *
 * @param api the test runner's `describe` and `it`
 * @param subject the type, declarations of it with valid and invalid values, and options that it must refuse
 * @example
 * fieldTypeSuite({ describe, it }, {
 *   type: rating.type,
 *   samples: [{ options: { max: 5 }, valid: [1, 5], invalid: [0, 6, 'many'] }],
 *   refused: [{ max: -1 }],
 * })
 */
export function fieldTypeSuite(api: SuiteApi, subject: FieldTypeSubject): void {
  api.describe(`field type ${subject.type.kind}`, () => {
    declarationTests(api, subject);
    for (const sample of subject.samples) {
      const declared = declare(subject.type, sample);
      api.describe(sample.name ?? (sample.options ? JSON.stringify(sample.options) : "as it is"), () => {
        valueTests(api, declared);
        columnTests(api, declared);
        operatorTests(api, declared);
        orderTests(api, declared);
        spellingTests(api, declared);
      });
    }
  });
}
