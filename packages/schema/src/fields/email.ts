/** E-mail addresses. */

import type { ValueOptions } from "../field.ts";
import { Invalid } from "../issue.ts";
import type { Searchable } from "../search.ts";
import { isStorable } from "../text.ts";
import { type TextField, textKind } from "./text.ts";

/** Options of {@link email}. */
export interface EmailOptions extends ValueOptions<string> {
  /** False: matching, sorting and unique look at the exact address. True unless given. */
  readonly fold?: boolean;
  /** Search looks into this field, and its text index is kept up to date with every write. True, or how much a find counts. Not searched unless given. */
  readonly searchable?: Searchable;
}

// One @, no spaces, a dot in the domain. Whether mail arrives, only sending tells.
const pattern = /^[^\s@\p{C}]{1,64}@[^\s@.\p{C}]+(?:\.[^\s@.\p{C}]+)+$/u;
const isEmail = (text: string) => isStorable(text) && pattern.test(text);

/** The field type behind `field.email`. */
export const emailType = textKind({
  kind: "email",
  options: {},
  max: 254,
  widget: "email",
  form: (text) => (isEmail(text) ? text : new Invalid("EMAIL", "must be an e-mail address, like name@example.com")),
  format: "email",
  formats: { email: isEmail },
  schemaDecides: true,
});

/**
 * An e-mail address, up to 254 characters, kept as written; unique and matching ignore case.
 *
 * @example field.email({ required: true, unique: true })
 */
export function email<const O extends EmailOptions = {}>(options?: O): TextField<O> {
  return { ...options, kind: "email" } as unknown as TextField<O>;
}
