/** Rows of a CSV, streamed. */

import { type Issue, printable } from "@kith/schema";
import { headerError } from "../errors.ts";
import type { ByteSource } from "./bytes.ts";
import { CsvRecords } from "./csv-records.ts";
import { guessDelimiter } from "./delimiter.ts";
import type { RowSource, SourceRow, UnreadableRow } from "./source.ts";

/** How a CSV is read. */
export interface CsvOptions {
  readonly delimiter: string | undefined;
  readonly maxRowBytes: number;
}

/** How much is read to find the end of the header row. */
const headBytes = 1 << 20;
const replacement = "\uFFFD";

/**
 * Opens a CSV and reads its header.
 *
 * @throws {XrmError} import.HEADER, import.SOURCE
 */
export async function openCsv(bytes: ByteSource, options: CsvOptions): Promise<RowSource> {
  const chunks = bytes.chunks[Symbol.asyncIterator]();
  const { chunk, delimiter } = await readHead(chunks, options.delimiter);
  const records = new CsvRecords(chunk, chunks, delimiter, options.maxRowBytes);
  try {
    const header = await readHeader(records, bytes);
    return {
      columns: header.map((name) => name.trim()),
      fixed: true,
      originalColumns: header,
      delimiter,
      rows: readRows(records, bytes, header.length),
      bytes: bytes.read,
      totalBytes: bytes.total,
      close: () => records.close(),
    };
  } catch (error) {
    records.close();
    throw error;
  }
}

async function readHead(
  chunks: AsyncIterator<Buffer>,
  given: string | undefined,
): Promise<{ chunk: Buffer; delimiter: string }> {
  let chunk: Buffer = Buffer.alloc(0);
  for (;;) {
    const delimiter = given ?? guessDelimiter(chunk, chunk.length > headBytes);
    if (delimiter !== undefined) return { chunk, delimiter };
    const next = await chunks.next();
    if (next.done) return { chunk, delimiter: guessDelimiter(chunk, true) as string };
    chunk = Buffer.concat([chunk, next.value]);
  }
}

async function readHeader(records: CsvRecords, bytes: ByteSource): Promise<readonly string[]> {
  let record = await records.next();
  while (record && isBlank(record.cells)) record = await records.next();
  if (!record) {
    const message = "the source is empty; its first row must name the columns";
    throw headerError([{ code: "EMPTY", path: [], message }]);
  }
  const issues = headerIssues(record.cells, bytes.tainted());
  if (issues.length > 0) throw headerError(issues);
  return record.cells;
}

function headerIssues(header: readonly string[], tainted: boolean): Issue[] {
  const seen = new Map<string, number>();
  return header.flatMap((cell, i): Issue[] => {
    const name = cell.trim();
    const column = `column ${i + 1}`;
    const issue = (code: string, message: string): Issue[] => [{ code, path: [i], message: `${column} ${message}` }];
    if (tainted && cell.includes(replacement)) {
      return issue("BAD_ENCODING", "has a name that is not UTF-8; save the file as UTF-8");
    }
    if (name === "") return issue("EMPTY", "has no name; name it, or take it out");
    const twin = seen.get(name);
    if (twin === undefined) seen.set(name, i + 1);
    return twin === undefined
      ? []
      : issue("DUPLICATE", `is called '${printable(name)}' like column ${twin}; name each column once`);
  });
}

async function* readRows(records: CsvRecords, bytes: ByteSource, width: number): AsyncGenerator<SourceRow> {
  for (let record = await records.next(); record; record = await records.next()) {
    const { line, cells } = record;
    // A blank line is no row, even where there is one column.
    if (isBlank(cells)) continue;
    const size = cells.reduce((sum, cell) => sum + cell.length, 0);
    const problem = cells.length === width ? badEncoding(cells, bytes) : wrongWidth(cells, width);
    yield { line, cells, original: cells, size, problem };
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === "";
}

function wrongWidth(cells: readonly string[], width: number): UnreadableRow {
  const extra = cells.slice(width, width + 3).map((cell) => JSON.stringify(cell.slice(0, 40)));
  const beyond = extra.length > 0 ? `; beyond the last column stands ${extra.join(", ")}` : "";
  return { code: "ROW_WIDTH", message: `the row has ${cells.length} cells, the header ${width}${beyond}` };
}

function badEncoding(cells: readonly string[], bytes: ByteSource): UnreadableRow | undefined {
  if (!bytes.tainted() || !cells.some((cell) => cell.includes(replacement))) return undefined;
  const message = "the row holds bytes that are not UTF-8 (perhaps the file is Windows-1252); save it as UTF-8";
  return { code: "BAD_ENCODING", message };
}
