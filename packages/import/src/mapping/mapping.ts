/** How columns of a source become fields of an entity, as written by the caller. */

import type { SpelledUnit } from "@kith/schema";

/** How text becomes a value. Each option stands only where the field has a use for it. */
export interface Conversion {
  /** Removes spaces around the text. True unless given. */
  readonly trim?: boolean;
  /** For numbers: the decimal sign is a comma (`12,5`). False unless given. */
  readonly decimalComma?: boolean;
  /** For numbers: the character between groups of three digits, like `.` in `1.234,56`. Unless given, such text is refused. */
  readonly thousands?: "." | "," | " " | "'" | "_";
  /**
   * For dates, times and instants: their form, of `YYYY YY MM M DD D HH H mm ss SSS` with anything between, like `DD/MM/YYYY`. Two-digit years are
   * 1969 to 2068. ISO 8601 unless given.
   */
  readonly format?: string;
  /** For instants whose text names no zone: the time zone that they are in, like `America/Sao_Paulo`, `UTC` or `-03:00`. Unless given, such text is refused. */
  readonly timeZone?: string;
  /**
   * For durations that are plain numbers, what these count; for those of two numbers (`1:30`), what the first one counts. Unless given, such text is
   * refused.
   */
  readonly unit?: SpelledUnit;
  /** For lists: what stands between their elements. `;` and `|` both do, unless given. */
  readonly separator?: string;
}

/** Where a field's value comes from. */
export interface ColumnMapping extends Conversion {
  /** The column (a key, in JSON), or several for a lookup whose `lookupBy` names several fields. Unless given, the column that is called like the field. */
  readonly from?: string | readonly string[];
  /** A constant for every row, in place of a column: a value of the field, or text that is read like a cell. */
  readonly value?: unknown;
  /** Values of the source that mean others: `{ GTXPro: 'GTX Pro' }`. The text must be the same to the letter, spaces around it aside. Null means no value. */
  readonly aliases?: Readonly<Record<string, string | null>>;
  /**
   * For lookups: the fields of the other entity whose values the source holds, or `id`. Unless given: its title field, or an id. Several need as
   * many columns in `from`.
   */
  readonly lookupBy?: string | readonly string[];
  /**
   * What an empty cell does to a record that is already there: `clear` empties the field, `keep` leaves it. Unless given: `keep` for required fields
   * and those with a default, `clear` for others. On create an empty cell always counts as left out.
   */
  readonly empty?: "clear" | "keep";
}

/** Fields, each with its column, or with more to say about it. */
export type Mapping<Names extends string = string> = { readonly [Name in Names]?: string | ColumnMapping };
