/** Streams: records page by page, so that one page is all that memory holds, however many there are. */

import { onlyKeys, wholeNumber } from "../options.ts";
import type { Row } from "../storage/storage.ts";
import { queryKeys } from "./run.ts";

type Query = Record<string, unknown>;

/** The keys that a stream takes. */
export const streamKeys: readonly string[] = [...queryKeys.many, "batch"];

/** The keys of the query of one page. */
export const streamPageKeys: ReadonlySet<string> = new Set([...queryKeys.many, "after"]);

/** Records of a page of a stream unless `batch` says otherwise, and the most that it can say. */
const defaultBatch = 500;
const maxBatch = 10_000;

/** Reads one page. */
export type PageReader = (query: Query) => Promise<{ readonly rows: Row[]; readonly next: string | null }>;

/**
 * The records of a query, one after another. Nothing is held between pages: no connection, no lock, no snapshot.
 *
 * @throws {XrmError} INVALID_OPTIONS, and what the pages throw
 */
export async function* streamPages(query: Query, readPage: PageReader): AsyncGenerator<Row, void, undefined> {
  onlyKeys("stream", query, streamKeys);
  const { batch, limit, ...rest } = query;
  const size = wholeNumber("stream", "batch", batch, { min: 1, max: maxBatch, default: defaultBatch });
  const most = { min: 0, max: Number.MAX_SAFE_INTEGER, default: Number.MAX_SAFE_INTEGER };
  let left = wholeNumber("stream", "limit", limit, most);
  let after: string | null = null;
  while (left > 0) {
    const page: Awaited<ReturnType<PageReader>> = await readPage({
      ...rest,
      limit: Math.min(size, left),
      ...(after === null ? {} : { after }),
    });
    for (const row of page.rows) yield row;
    left -= page.rows.length;
    after = page.next;
    if (after === null) return;
    // An embedded storage answers at once: without this, nothing else would run until the end, and no signal be heard.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
