/** `importRecords`: a source in, records out. */

import type { Xrm } from "@kith/core";
import { ImportRun } from "./import-run.ts";
import type { ImportOptions } from "./options.ts";
import { readOptions } from "./read-options.ts";
import type { ImportResult } from "./result.ts";
import { openSource } from "./source/open.ts";
import { nothingRead } from "./tally.ts";
import { orAborted } from "./until-aborted.ts";

/** The longest transaction there is, in milliseconds. */
const longest = 3_600_000;

/**
 * Imports the rows of a CSV, of JSON Lines or of objects as records of one entity, streaming. Every row goes through the write path, with hooks,
 * checks and stamps, as the actor of the handle that is given (`xrm.as(actor)`).
 *
 * Rows are written in batches, each a transaction of its own; a batch that fails is written again row by row, so that only the rows at fault are
 * rejected, with their reasons. With `match`, a run that was stopped is taken up by running it again. On the handle of a transaction, batches are
 * savepoints in it, and all is kept or lost with it.
 *
 * Memory does not grow with the source. What is wrong with the options, the mapping or the header is told before anything is written.
 *
 * @throws {XrmError} UNKNOWN_ENTITY; INVALID_OPTIONS with every problem in `issues`; import.SOURCE, import.HEADER, import.REJECTS; and what is about
 * the system rather than a row: BUSY, TX_TIMEOUT, STORAGE_FULL and the like. What was written by then stays.
 * @example
 * const result = await importRecords(xrm.as({ id: 'ana' }), {
 *   entity: 'opportunity',
 *   source: 'pipeline.csv',
 *   map: { number: 'opportunity_id', account: 'account', product: { from: 'product', aliases: { GTXPro: 'GTX Pro' } } },
 *   match: 'number',
 *   rejects: 'rejected.csv',
 * })
 * console.log(result.created, result.rejected)
 */
export async function importRecords<R, const N extends keyof R & string>(
  xrm: Xrm<R>,
  options: ImportOptions<R, N>,
): Promise<ImportResult> {
  const handle = xrm as unknown as Xrm<any>;
  const settings = readOptions(handle, options as unknown as ImportOptions);
  const source = await orAborted(openSource(settings), settings.signal);
  if (!source) return nothingRead(settings.entity, settings.dryRun);
  try {
    const run = new ImportRun(settings, source);
    return settings.dryRun ? await rolledBack(handle, run) : await run.run(handle);
  } finally {
    source.close();
  }
}

/** Runs an import in one transaction, so that later batches see what earlier ones did, and rolls it back. */
async function rolledBack(xrm: Xrm<any>, run: ImportRun): Promise<ImportResult> {
  const done = new Done();
  try {
    return await xrm.transaction(
      async (tx) => {
        done.result = await run.run(tx);
        throw done;
      },
      { timeoutMs: longest },
    );
  } catch (error) {
    if (error === done && done.result) return done.result;
    throw error;
  }
}

class Done extends Error {
  result: ImportResult | undefined;
}
