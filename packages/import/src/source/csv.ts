/** Rows of a CSV, streamed. */

import { pipeline, Readable } from "node:stream";
import type { Issue } from "@kith/schema";
import { printable } from "@kith/schema";
import { CsvError, type Parser, parse } from "csv-parse";
import { headerError, sourceError } from "../errors.ts";
import type { ByteSource } from "./bytes.ts";
import { guessDelimiter } from "./delimiter.ts";
import type { RowSource, SourceRow } from "./source.ts";

/** How a CSV is read. */
export interface CsvOptions {
  readonly delimiter: string | undefined;
  readonly maxRowBytes: number;
}

/** How much is read to find the end of the header row. */
const headBytes = 1 << 20;
/** What streams may hold besides the row that is being read. */
const slack = 1 << 20;
const replacement = "\uFFFD";

/** Opens a CSV and reads its header. */
export async function openCsv(bytes: ByteSource, options: CsvOptions): Promise<RowSource> {
  const chunks = bytes.chunks[Symbol.asyncIterator]();
  const head = await readHead(chunks, options.delimiter);
  const feed = new Feed(head.chunk, chunks, options.maxRowBytes);
  const parser = makeParser(head.delimiter);
  // Errors come out of the parser; this callback only keeps them from being thrown twice.
  pipeline(Readable.from(feed.chunks(), { objectMode: false }), parser, () => undefined);
  const records = parser[Symbol.asyncIterator]() as AsyncIterator<string[]>;
  const place = { line: 1 };
  const header = await readHeader(records, feed, place, bytes);
  return {
    columns: header.map((name) => name.trim()),
    originalColumns: header,
    delimiter: head.delimiter,
    rows: { [Symbol.asyncIterator]: () => readRows(records, feed, place, bytes, header.length) },
    bytes: bytes.read,
    totalBytes: bytes.total,
  };
}

function makeParser(delimiter: string): Parser {
  return parse({
    delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    // A quote inside a cell that does not begin with one is just a character (`5" pipe`); anything stricter would guess where the row ends.
    relax_quotes: true,
  });
}

async function readHead(chunks: AsyncIterator<Buffer>, given: string | undefined): Promise<{ chunk: Buffer; delimiter: string }> {
  let chunk = Buffer.alloc(0);
  for (;;) {
    const delimiter = given ?? guessDelimiter(chunk, chunk.length > headBytes);
    if (delimiter !== undefined) return { chunk, delimiter };
    const next = await chunks.next();
    if (next.done) return { chunk, delimiter: guessDelimiter(chunk, true) as string };
    chunk = Buffer.concat([chunk, next.value]);
  }
}

/** Hands bytes to the parser, and notices when it swallows many without a row: a quote that is never closed would take the rest of the file for a cell. */
class Feed {
  private since = 0;
  private readonly first: Buffer;
  private readonly rest: AsyncIterator<Buffer>;
  private readonly max: number;

  constructor(first: Buffer, rest: AsyncIterator<Buffer>, max: number) {
    this.first = first;
    this.rest = rest;
    this.max = max;
  }

  async *chunks(): AsyncIterable<Buffer> {
    try {
      let chunk: Buffer | undefined = this.first;
      while (chunk) {
        if (this.since > this.max + slack) throw new RowTooLong(this.max);
        this.since += chunk.length;
        if (chunk.length > 0) yield chunk;
        const next = await this.rest.next();
        chunk = next.done ? undefined : next.value;
      }
    } finally {
      await this.rest.return?.();
    }
  }

  /** A row came out. */
  row(): void {
    this.since = 0;
  }
}

class RowTooLong extends Error {
  readonly max: number;
  constructor(max: number) {
    super();
    this.max = max;
  }
}

async function nextRecord(records: AsyncIterator<string[]>, feed: Feed, place: { readonly line: number }): Promise<string[] | undefined> {
  try {
    const { done, value } = await records.next();
    feed.row();
    return done ? undefined : value;
  } catch (error) {
    const at = `the row that begins at line ${place.line}`;
    if (error instanceof RowTooLong) {
      throw sourceError(`In ${at} is a quote that is not closed within ${error.max} bytes. Correct it, or allow longer rows with maxRowBytes.`, error);
    }
    if (error instanceof CsvError && error.code === "CSV_QUOTE_NOT_CLOSED") {
      throw sourceError(`In ${at} is a quote that is never closed, so that the rest of the source cannot be read. Correct it and run the import again.`, error);
    }
    if (error instanceof CsvError) throw sourceError(`The source cannot be read as CSV, in ${at}: ${error.message}`, error);
    throw error;
  }
}

async function readHeader(records: AsyncIterator<string[]>, feed: Feed, place: { line: number }, bytes: ByteSource): Promise<string[]> {
  for (;;) {
    const header = await nextRecord(records, feed, place);
    if (!header) throw headerError([{ code: "EMPTY", path: [], message: "the source is empty; its first row must name the columns" }]);
    place.line += linesOf(header);
    if (isBlank(header)) continue;
    checkHeader(header, bytes.tainted());
    return header;
  }
}

function checkHeader(header: readonly string[], tainted: boolean): void {
  const issues: Issue[] = [];
  const seen = new Map<string, number>();
  header.forEach((cell, i) => {
    const name = cell.trim();
    const at = `column ${i + 1}`;
    const path = [i];
    if (name === "") issues.push({ code: "EMPTY", path, message: `${at} has no name; name it, or take it out` });
    else if (seen.has(name)) issues.push({ code: "DUPLICATE", path, message: `${at} is called '${printable(name)}' like column ${seen.get(name)}; name each column once` });
    else seen.set(name, i + 1);
    if (tainted && cell.includes(replacement)) issues.push({ code: "BAD_ENCODING", path, message: `${at} has a name that is not UTF-8; save the file as UTF-8` });
  });
  if (issues.length > 0) throw headerError(issues);
}

async function* readRows(records: AsyncIterator<string[]>, feed: Feed, place: { line: number }, bytes: ByteSource, width: number): AsyncGenerator<SourceRow> {
  try {
    for (;;) {
      const cells = await nextRecord(records, feed, place);
      if (!cells) return;
      const { line } = place;
      let size = 0;
      for (const cell of cells) {
        size += cell.length;
        if (cell.includes("\n") || cell.includes("\r")) place.line += breaksIn(cell);
      }
      place.line++;
      // A blank line is no row, even where there is one column.
      if (isBlank(cells)) continue;
      const row = { line, cells, original: cells, size };
      const problem = cells.length === width ? badEncoding(cells, bytes) : wrongWidth(cells, width);
      yield problem ? { ...row, problem } : row;
    }
  } finally {
    await records.return?.();
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === "";
}

function linesOf(cells: readonly string[]): number {
  return cells.reduce((lines, cell) => lines + breaksIn(cell), 1);
}

function breaksIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function wrongWidth(cells: readonly string[], width: number): NonNullable<SourceRow["problem"]> {
  const extra = cells.slice(width, width + 3).map((cell) => JSON.stringify(cell.slice(0, 40)));
  const beyond = extra.length > 0 ? `; beyond the last column stands ${extra.join(", ")}` : "";
  return { code: "ROW_WIDTH", message: `the row has ${cells.length} cells, the header ${width}${beyond}` };
}

function badEncoding(cells: readonly string[], bytes: ByteSource): SourceRow["problem"] {
  if (!bytes.tainted() || !cells.some((cell) => cell.includes(replacement))) return undefined;
  return { code: "BAD_ENCODING", message: "the row holds bytes that are not UTF-8 (perhaps it is Windows-1252); save the file as UTF-8" };
}
