/** Bytes from files, streams and pieces of text, counted, with the byte order mark taken off. */

import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sourceError } from "../errors.ts";

/** A source of bytes, opened. */
export interface ByteSource {
  readonly chunks: AsyncIterable<Buffer>;
  readonly read: () => number;
  readonly total: number | undefined;
  /** True once bytes were read that are not UTF-8. */
  readonly tainted: () => boolean;
  readonly close: () => void;
}

/** Opens a file. */
export async function openFile(source: string | URL): Promise<ByteSource> {
  const path = source instanceof URL ? fileURLToPath(source) : source;
  const info = await stat(path).catch((cause: unknown) => {
    throw sourceError(`The file '${path}' cannot be read: ${(cause as Error).message}. Check the path.`, cause);
  });
  if (!info.isFile() && !info.isFIFO() && !info.isCharacterDevice()) throw sourceError(`'${path}' is not a file.`);
  const stream = createReadStream(path, { highWaterMark: 1 << 16 });
  return openBytes(stream, info.isFile() ? info.size : undefined, () => stream.destroy());
}

/** Reads pieces of text or bytes. */
export function openBytes(
  source: AsyncIterable<unknown> | Iterable<unknown>,
  total?: number,
  close: () => void = () => undefined,
): ByteSource {
  const counter = { read: 0 };
  const utf8 = new Utf8Watch();
  return {
    chunks: watched(source, counter, utf8),
    read: () => counter.read,
    total,
    tainted: () => utf8.tainted,
    close,
  };
}

async function* watched(
  source: AsyncIterable<unknown> | Iterable<unknown>,
  counter: { read: number },
  utf8: Utf8Watch,
): AsyncIterable<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of source) {
    const chunk = toBuffer(piece);
    counter.read += chunk.length;
    if (!head) {
      utf8.see(chunk);
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 3) continue;
    const rest = withoutMark(head);
    head = undefined;
    utf8.see(rest);
    yield rest;
  }
  if (head && head.length > 0) {
    utf8.see(head);
    yield withoutMark(head);
  }
  utf8.end();
}

function toBuffer(piece: unknown): Buffer {
  if (typeof piece === "string") return Buffer.from(piece);
  if (piece instanceof Uint8Array)
    return Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  throw sourceError(
    `The source gave ${piece === null ? "null" : `a ${typeof piece}`} among its text; give text or bytes throughout, or objects throughout.`,
  );
}

function withoutMark(head: Buffer): Buffer {
  const [first, second, third] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw sourceError("The source is UTF-16; save it as UTF-8 (in a spreadsheet: 'CSV UTF-8').");
  }
  return first === 0xef && second === 0xbb && third === 0xbf ? head.subarray(3) : head;
}

/** Watches over a stream of bytes: are they UTF-8? */
class Utf8Watch {
  tainted = false;
  private rest: Buffer = Buffer.alloc(0);

  see(chunk: Buffer): void {
    if (this.tainted) return;
    const all = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const end = all.length - openTail(all);
    this.tainted = !isUtf8(all.subarray(0, end));
    this.rest = Buffer.from(all.subarray(end));
  }

  end(): void {
    if (this.rest.length > 0) this.tainted = true;
  }
}

/** How many bytes at the end begin a character that is not complete. */
function openTail(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
  }
  return 0;
}
