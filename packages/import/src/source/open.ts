/** Opening whatever a caller calls a source. */

import { Readable } from "node:stream";
import { XrmError } from "@kith/core";
import { describe } from "@kith/schema";
import type { ImportOptions } from "../options.ts";
import { type ByteSource, openBytes, openFile } from "./bytes.ts";
import { openCsv } from "./csv.ts";
import { openJsonl, openObjects } from "./jsonl.ts";
import type { RowSource } from "./source.ts";

/** What opening a source needs of the options. */
export interface OpenOptions extends Pick<ImportOptions, "source" | "format" | "delimiter"> {
  readonly maxRowBytes: number;
}

/** Opens a source, by what it is and what the options say of it. */
export async function openSource(options: OpenOptions): Promise<RowSource> {
  const { source } = options;
  if (typeof source === "string" || source instanceof URL) {
    const bytes = await openFile(source);
    const named = /\.(jsonl|ndjson)$/i.test(source instanceof URL ? source.pathname : source) ? "jsonl" : "csv";
    return openText(bytes, options.format ?? named, options);
  }
  if (!isIterable(source)) throw badSource(source);
  const { first, all } = await peek(source);
  if (typeof first === "object" && first !== null && !(first instanceof Uint8Array)) {
    if (options.format !== undefined)
      throw new XrmError(
        "INVALID_OPTIONS",
        "importRecords: the source gives objects, which have no format; leave it out.",
        { params: { option: "format" } },
      );
    return openObjects(all);
  }
  return openText(openBytes(all), options.format ?? "csv", options);
}

async function openText(
  bytes: ByteSource,
  format: string,
  { delimiter, maxRowBytes }: OpenOptions,
): Promise<RowSource> {
  if (format === "csv") return openCsv(bytes, { delimiter, maxRowBytes });
  if (delimiter !== undefined)
    throw new XrmError("INVALID_OPTIONS", "importRecords: delimiter is for CSV; leave it out for JSON.", {
      params: { option: "delimiter" },
    });
  return openJsonl(bytes, maxRowBytes);
}

function isIterable(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}

/** Looks at the first piece without losing it. */
async function peek(
  source: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<{ first: unknown; all: AsyncIterable<unknown> }> {
  // A piece of bytes is itself iterable.
  if (source instanceof Uint8Array) return { first: source, all: Readable.from([source], { objectMode: true }) };
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const head = await iterator.next();
  async function* all(): AsyncGenerator<unknown> {
    try {
      for (let next = head; !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  }
  return { first: head.done ? undefined : head.value, all: all() };
}

function badSource(source: unknown): XrmError {
  return new XrmError(
    "INVALID_OPTIONS",
    `importRecords: source must be a path, a stream, or something that gives text or objects one by one, not ${describe(source)}.`,
    {
      params: { option: "source" },
    },
  );
}
