/** Phone numbers in E.164. */

import type { ValueOptions } from "../field.ts";
import { Invalid } from "../issue.ts";
import type { Searchable } from "../search.ts";
import { isStorable } from "../text.ts";
import { type TextField, textKind } from "./text.ts";

const pattern = /^\+[1-9]\d{6,14}$/;
const punctuation = /[\s().\-/\u00a0]/g;

/** The end of a number that search finds it by has at least so many digits. */
const fewestDigits = 3;

/** The field type behind `field.phone`. */
export const phoneType = textKind({
  kind: "phone",
  options: {},
  max: 40,
  widget: "phone",
  form: (text) => {
    const digits = text.replace(punctuation, "");
    return pattern.test(digits)
      ? digits
      : new Invalid("PHONE", "must be a phone number with its country code, like +5511912345678");
  },
  // Punctuation is not kept, so that it must not count when one looks for a number either.
  match: (text) => text.replace(punctuation, ""),
  // A number is looked for from any of its digits on: without its country code, or by its end.
  search: (text) => {
    const digits = text.slice(1);
    const ends: string[] = [];
    for (let i = 0; i <= digits.length - fewestDigits; i++) ends.push(digits.slice(i));
    return ends.join(" ");
  },
  format: "text",
  formats: { text: isStorable },
  schemaDecides: false,
});

/**
 * A phone number, kept in E.164 (`+5511912345678`). Spaces, dots, hyphens, slashes and brackets are taken out.
 *
 * @example field.phone()
 */
export function phone<
  const O extends ValueOptions<string> & { readonly fold?: boolean; readonly searchable?: Searchable } = {},
>(options?: O): TextField<O> {
  return { ...options, kind: "phone" } as unknown as TextField<O>;
}
