/**
 * One transaction for a batch, and what happens when it fails.
 *
 * A batch is a root transaction of its own, not a savepoint in one long transaction: what was written stays written when a later batch fails or the
 * process dies, the writer is free in between, and memory does not grow with the file. Run again with a match rule, an import goes on from there.
 */

import type { Xrm } from "@kith/core";
import { isAboutRow, problemsOf, type RowProblem } from "../errors.ts";

/** How a batch is written. */
export interface BatchWork<T, O> {
  /** Writes several items, all or none, in the transaction of `tx`. `alone`: it is the only one, tried again after its batch failed. */
  readonly attempt: (tx: Xrm<any>, items: readonly T[], alone: boolean) => Promise<O[]>;
  /** What becomes of an item that was refused. */
  readonly refuse: (item: T, problems: readonly RowProblem[]) => O;
  /** Each item must be tried alone from the start, since one may need what another wrote. */
  readonly oneByOne?: boolean;
}

/**
 * Writes a batch, and when it fails, its items one by one, each in a savepoint: the good ones go in.
 *
 * @throws what is about the system rather than about a row
 */
export async function inBatch<T, O>(xrm: Xrm<any>, items: readonly T[], work: BatchWork<T, O>): Promise<O[]> {
  if (!work.oneByOne) {
    try {
      return await xrm.transaction((tx) => work.attempt(tx, items, false));
    } catch (error) {
      if (!isAboutRow(error)) throw error;
    }
  }
  return xrm.transaction(async (tx) => {
    const outcomes: O[] = [];
    for (const item of items) outcomes.push(await one(tx, item, work));
    return outcomes;
  });
}

async function one<T, O>(tx: Xrm<any>, item: T, work: BatchWork<T, O>): Promise<O> {
  try {
    const [outcome] = await tx.transaction((savepoint) => work.attempt(savepoint, [item], true));
    return outcome as O;
  } catch (error) {
    if (isAboutRow(error)) return work.refuse(item, problemsOf(error));
    throw error;
  }
}
