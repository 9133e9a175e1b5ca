/** JSON Lines and objects as rows: keys are columns, in the order in which they first come. */

import { isUtf8 } from "node:buffer";
import { describe } from "@kith/schema";
import type { RejectCode } from "../errors.ts";
import type { ByteSource } from "./bytes.ts";
import type { RowSource, SourceRow } from "./source.ts";

/** The most columns that objects can bring; a source with ever new keys is not one of records. */
const maxColumns = 2_000;
/** What the one column of rejected rows is called. */
const rejectColumn = "record";

/** Turns objects into rows of cells. */
class KeyedRows {
  readonly columns: string[] = [];
  private readonly places = new Map<string, number>();

  row(line: number, record: object, text: () => string): SourceRow {
    const cells: unknown[] = new Array(this.columns.length).fill(undefined);
    let size = 0;
    for (const [key, value] of Object.entries(record)) {
      const place = this.placeOf(key);
      if (place === undefined)
        return this.broken(line, text(), "UNKNOWN_COLUMN", `the source has more than ${maxColumns} different keys`);
      cells[place] = value;
      size += typeof value === "string" ? value.length : 8;
    }
    return {
      line,
      cells,
      get original() {
        return [text()];
      },
      size,
      problem: undefined,
    };
  }

  broken(line: number, text: string, code: RejectCode, message: string): SourceRow {
    return { line, cells: [], original: [text], size: text.length, problem: { code, message } };
  }

  private placeOf(key: string): number | undefined {
    let place = this.places.get(key);
    if (place === undefined && this.columns.length < maxColumns) {
      place = this.columns.push(key) - 1;
      this.places.set(key, place);
    }
    return place;
  }
}

/** Opens JSON Lines. */
export function openJsonl(bytes: ByteSource, maxRowBytes: number): RowSource {
  const keyed = new KeyedRows();
  return source(keyed, readLines(keyed, bytes, maxRowBytes), bytes);
}

/** Opens objects. */
export function openObjects(objects: AsyncIterable<unknown> | Iterable<unknown>): RowSource {
  const keyed = new KeyedRows();
  return source(keyed, readObjects(keyed, objects), { read: () => 0, total: undefined, close: () => undefined });
}

function source(
  keyed: KeyedRows,
  rows: AsyncIterable<SourceRow>,
  { read, total, close }: Pick<ByteSource, "read" | "total" | "close">,
): RowSource {
  return {
    columns: keyed.columns,
    fixed: false,
    originalColumns: [rejectColumn],
    delimiter: ",",
    rows,
    bytes: read,
    totalBytes: total,
    close,
  };
}

async function* readObjects(
  keyed: KeyedRows,
  objects: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<SourceRow> {
  let line = 0;
  for await (const record of objects) {
    line++;
    if (isRecord(record)) yield keyed.row(line, record, () => textOf(record));
    else yield keyed.broken(line, textOf(record), "BAD_JSON", `the row is ${describe(record)}, not an object`);
  }
}

async function* readLines(keyed: KeyedRows, bytes: ByteSource, max: number): AsyncGenerator<SourceRow> {
  let line = 0;
  for await (const found of splitLines(bytes.chunks, max)) {
    line++;
    if (found === tooLong)
      yield keyed.broken(line, "", "ROW_TOO_LONG", `the line is longer than ${max} bytes; see maxRowBytes`);
    else if (!isUtf8(found))
      yield keyed.broken(
        line,
        found.toString(),
        "BAD_ENCODING",
        "the line holds bytes that are not UTF-8; save the file as UTF-8",
      );
    else {
      const text = found.toString().trim();
      if (text !== "") yield parseLine(keyed, line, text);
    }
  }
}

function parseLine(keyed: KeyedRows, line: number, text: string): SourceRow {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (error) {
    return keyed.broken(line, text, "BAD_JSON", `the line is not JSON: ${(error as Error).message}`);
  }
  if (isRecord(record)) return keyed.row(line, record, () => text);
  return keyed.broken(line, text, "BAD_JSON", `the line holds ${describe(record)}, not an object`);
}

function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return describe(value);
  }
}

const tooLong = Symbol("too long");

/** Lines of bytes, without their ends; one that is too long is passed over. */
async function* splitLines(chunks: AsyncIterable<Buffer>, max: number): AsyncGenerator<Buffer | typeof tooLong> {
  let parts: Buffer[] = [];
  let length = 0;
  const add = (part: Buffer) => {
    length += part.length;
    if (length <= max) parts.push(part);
    else parts = [];
  };
  const take = () => {
    const line = length > max ? tooLong : Buffer.concat(parts);
    parts = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      yield take();
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (length > 0) yield take();
}
