/** Facts about batches. */

import type { WriteBatch } from "@kith/core";

/** How many rows a batch inserts. */
export function insertedBy(batch: WriteBatch): number {
  let rows = 0;
  for (const write of batch) if (write.type === "insert") rows += write.rows.length;
  return rows;
}
