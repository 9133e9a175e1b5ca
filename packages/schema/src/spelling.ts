/** How people and spreadsheets write values: what an importer asks a field type. */

import type { FieldDef } from "./field-type.ts";

/** What the text of a value counts when it is a plain number. */
export type SpelledUnit = "milliseconds" | "seconds" | "minutes" | "hours" | "days" | "weeks";

/** What is known of a text's form. */
export interface SpelledForm {
  /** The decimal sign is a comma. */
  readonly decimalComma?: boolean | undefined;
  /** What plain numbers count. */
  readonly unit?: SpelledUnit | undefined;
}

/** How people write the values of a kind. Each may be left out. */
export interface Spelling {
  /** From text to what `read` takes, or an `Invalid`; left out: its JSON Schema says how. `takes` names what it needs to know of the form. */
  readonly text?: {
    readonly takes: readonly (keyof SpelledForm)[];
    readonly read: (text: string, field: FieldDef, form: SpelledForm) => unknown;
  };
  /** What people call its values: `Brazil` is `BR`. The values themselves need not be among them. */
  readonly words?: (field: FieldDef) => Iterable<readonly [word: string, value: string]>;
  /** What people call the members of its value, besides their names: `{ lng: ['longitude', 'lon'] }`. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

/** The word of a text for people, in each language that it has. */
export function wordsOf(text: unknown): string[] {
  if (typeof text === "string") return [text];
  return typeof text === "object" && text !== null ? Object.values(text).filter((one) => typeof one === "string") : [];
}
