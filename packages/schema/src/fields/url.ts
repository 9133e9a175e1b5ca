/** Web addresses. */

import type { ValueOptions } from "../field.ts";
import { Invalid } from "../issue.ts";
import type { Searchable } from "../search.ts";
import { isStorable } from "../text.ts";
import { type TextField, textKind } from "./text.ts";

const begins = /^https?:\/\/[^\s]+$/i;
const isUrl = (text: string) => isStorable(text) && begins.test(text) && URL.canParse(text);

/** The field type behind `field.url`. */
export const urlType = textKind({
  kind: "url",
  options: {},
  max: 2_000,
  widget: "url",
  form: (text) =>
    isUrl(text) ? text : new Invalid("URL", "must be a web address that begins with http:// or https://"),
  format: "url",
  formats: { url: isUrl },
  schemaDecides: true,
});

/**
 * A web address (http or https, no other protocol, so that a link never runs script), up to 2,000 characters, kept as written.
 *
 * @example field.url()
 */
export function url<
  const O extends ValueOptions<string> & { readonly fold?: boolean; readonly searchable?: Searchable } = {},
>(options?: O): TextField<O> {
  return { ...options, kind: "url" } as unknown as TextField<O>;
}
