/** What `importRecords` takes. */

import type { Readable, Writable } from "node:stream";
import type { Create, Field, FieldsOf, PolyLookup } from "@kith/schema";
import type { Conversion, Mapping } from "./mapping/mapping.ts";
import type { ImportProgress } from "./result.ts";

/** Text in pieces, as streams give it. Text must be UTF-8. */
export type TextSource = Uint8Array | Readable | AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string>;
/** Rows that are objects already, one by one. */
export type ObjectSource = AsyncIterable<object> | Iterable<object>;

/** The fields of an entity that an import can fill: those that `create` takes, `id` among them. */
export type ImportField<R, N> = string extends N ? string : keyof Create<R, N> & string;

/** The members of a field's value: the targets of a lookup to several entities, or the keys of an object that is no free JSON. */
type MemberOf<F> =
  F extends PolyLookup<infer To>
    ? To | "entity" | "id"
    : F extends Field<infer V, any, infer Filter>
      ? V extends readonly unknown[]
        ? never
        : V extends object
          ? [Extract<Filter, { readonly path: unknown }>] extends [never]
            ? keyof V & string
            : never
          : never
      : never;

/** What columns of an import can fill: the fields of {@link ImportField}, and with a dot after the field the members of their values (`address.city`). */
export type ImportTarget<R, N> = string extends N
  ? string
  : ImportField<R, N> | { [K in ImportField<R, N>]: MemberName<FieldsOf<R, N>, K> }[ImportField<R, N>];

type MemberName<F, K extends string> = K extends keyof F ? `${K}.${MemberOf<F[K]>}` : never;

/** Options of an import. */
export interface ImportOptions<R = any, N extends keyof R & string = keyof R & string> {
  /** The entity whose records the rows are. */
  readonly entity: N;
  /** A file's path (or URL), a stream, text in pieces, or objects. A string is always a path. */
  readonly source: string | URL | TextSource | ObjectSource;
  /**
   * `csv` with a header row, or `jsonl`: an object on each line. Unless given, by the file's name (`.jsonl`, `.ndjson`; anything else is CSV). Objects
   * need none.
   */
  readonly format?: "csv" | "jsonl";
  /** What separates the cells of a CSV: one character. Unless given, that of `,`, `;` and tab which the header row has most of. */
  readonly delimiter?: string;
  /**
   * Where each field's value comes from. Unless given, every column goes to the field that it is called like: by name or label, whatever the case,
   * accents, spaces and punctuation.
   */
  readonly map?: Mapping<ImportTarget<R, N>>;
  /** Whether columns that `map` does not name go to the fields that they are called like. True without `map`, false with it. */
  readonly auto?: boolean;
  /** How text becomes values, in all columns that do not say otherwise. */
  readonly defaults?: Omit<Conversion, "format">;
  /** Columns to leave out. A column that is neither mapped nor ignored is refused, so that nothing is lost unseen. */
  readonly ignore?: readonly string[];
  /** Leaves out every column that is not mapped. */
  readonly ignoreUnmapped?: boolean;
  /**
   * The fields whose values tell which record a row is: one that has the same is updated, if the row changes anything, so that a second run changes
   * nothing. Compared exactly; if together they are unique, also as their unique constraint does (without regard to case and accents). Without it
   * every row makes a record.
   */
  readonly match?: ImportField<R, N> | readonly ImportField<R, N>[];
  /** What happens to records that match: `update` (unless given) or `skip`, which only makes new ones. */
  readonly onMatch?: "update" | "skip";
  /** Rows in a batch, which is one transaction: 1 to 5,000; 500 unless given. */
  readonly batchSize?: number;
  /** Does everything in one transaction and rolls it back; the result says what would happen. Hooks run. At most an hour. */
  readonly dryRun?: boolean;
  /**
   * Where rejected rows go: a file's path (replaced; there is none when no row is rejected) or a stream (ended). CSV with the source's columns and
   * `line`, `code`, `field`, `reason`. Cells stand in it as they came, so that it can be corrected and imported; a spreadsheet may take one that
   * begins with `=` for a formula.
   */
  readonly rejects?: string | URL | Writable;
  /** Told after each batch. What it throws ends the import. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Stops the import between two batches. */
  readonly signal?: AbortSignal;
  /** The longest row, in bytes; 16 MiB unless given. A longer line of JSON is rejected; a longer row of a CSV, most likely a quote that is never closed, ends the import. */
  readonly maxRowBytes?: number;
}
