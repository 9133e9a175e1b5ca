/** A list that is written once and read once, on disk when it grows large. */

import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Characters that are kept in memory. */
const inMemory = 1 << 20;

/** Keeps items that are plain JSON, in order. */
export class Spool<T> {
  private lines: string[] = [];
  private length = 0;
  private file: { readonly folder: string; readonly path: string; readonly fd: number } | undefined;
  /** How many items there are. */
  size = 0;

  add(item: T): void {
    const line = JSON.stringify(item);
    this.size++;
    this.lines.push(line);
    this.length += line.length;
    if (this.length > inMemory) this.flush();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    if (this.file) {
      this.flush();
      for await (const line of createInterface({
        input: createReadStream(this.file.path),
        crlfDelay: Number.POSITIVE_INFINITY,
      }))
        yield JSON.parse(line) as T;
    } else for (const line of this.lines) yield JSON.parse(line) as T;
  }

  /** Gives back what it takes of memory and disk. */
  dispose(): void {
    this.lines = [];
    if (!this.file) return;
    closeSync(this.file.fd);
    rmSync(this.file.folder, { recursive: true, force: true });
    this.file = undefined;
  }

  private flush(): void {
    this.file ??= openTemporary();
    // JSON escapes line ends, but not these two, which would end a line for a reader.
    if (this.lines.length > 0)
      writeSync(
        this.file.fd,
        `${this.lines.join("\n")}\n`.replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`),
      );
    this.lines = [];
    this.length = 0;
  }
}

/** A file in a folder that only this user can read. */
function openTemporary() {
  const folder = mkdtempSync(join(tmpdir(), "kith-import-"));
  const path = join(folder, "spool");
  return { folder, path, fd: openSync(path, "a") };
}
