/** The records of a CSV, parsed by csv-parse, each with the line on which it begins. */

import { pipeline, Readable } from "node:stream";
import { CsvError, type Parser, parse } from "csv-parse";
import { sourceError } from "../errors.ts";

/** What streams may hold besides the row that is being read. */
const slack = 1 << 20;

/** Reads records one by one. */
export class CsvRecords {
  /** The line on which the next record begins. */
  line = 1;
  private readonly parser: Parser;
  private readonly records: AsyncIterator<string[]>;
  private readonly max: number;
  /** Bytes handed to the parser since a record came out. */
  private since = 0;

  constructor(first: Buffer, rest: AsyncIterator<Buffer>, delimiter: string, maxRowBytes: number) {
    this.max = maxRowBytes;
    this.parser = parse({
      delimiter,
      record_delimiter: ["\r\n", "\n", "\r"],
      relax_column_count: true,
      // A quote inside a cell that does not begin with one is just a character (`5" pipe`); to be stricter is to guess where the row ends.
      relax_quotes: true,
    });
    // Errors come out of the parser; the callback only keeps them from being thrown twice.
    pipeline(Readable.from(this.feed(first, rest), { objectMode: false }), this.parser, () => undefined);
    this.records = this.parser[Symbol.asyncIterator]() as AsyncIterator<string[]>;
  }

  /**
   * The cells of the next record and the line on which it begins; undefined at the end.
   *
   * @throws {XrmError} import.SOURCE
   */
  async next(): Promise<{ readonly line: number; readonly cells: readonly string[] } | undefined> {
    const { line } = this;
    const cells = await this.record();
    if (!cells) return undefined;
    this.line++;
    for (const cell of cells) if (cell.includes("\n") || cell.includes("\r")) this.line += breaksIn(cell);
    return { line, cells };
  }

  close(): void {
    this.parser.destroy();
  }

  private async record(): Promise<string[] | undefined> {
    try {
      const { done, value } = await this.records.next();
      this.since = 0;
      return done ? undefined : value;
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** A quote that is never closed would take the rest of the source for one cell: that is noticed before memory runs out. */
  private async *feed(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
    try {
      let chunk: Buffer | undefined = first;
      while (chunk) {
        if (this.since > this.max + slack) throw new RowTooLong();
        this.since += chunk.length;
        if (chunk.length > 0) yield chunk;
        const next = await rest.next();
        chunk = next.done ? undefined : next.value;
      }
    } finally {
      await rest.return?.();
    }
  }

  private explain(error: unknown): unknown {
    const place = `the row that begins at line ${this.line}`;
    if (error instanceof RowTooLong) {
      const message = `In ${place} is a quote that is not closed within ${this.max} bytes. Correct it, or allow longer rows with maxRowBytes.`;
      return sourceError(message, error);
    }
    if (!(error instanceof CsvError)) return error;
    if (error.code !== "CSV_QUOTE_NOT_CLOSED") {
      return sourceError(`The source cannot be read as CSV, in ${place}: ${error.message}`, error);
    }
    const message = `In ${place} is a quote that is never closed, so that what follows cannot be read. Correct it and run the import again.`;
    return sourceError(message, error);
  }
}

class RowTooLong extends Error {}

function breaksIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
