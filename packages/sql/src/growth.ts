/** When a planner's statistics are worth gathering: after a bulk load a database would still plan as if tables were small. */

import type { EntityModel, WriteBatch } from "@kith/core";

/** Rows that a table gets before its statistics are gathered; each next time at twice as many. */
const first = 2_000;

/** How many rows were inserted, by entity. */
export type Inserted = Map<EntityModel, number>;

/** Counts what a batch inserts. */
export function countInserted(into: Inserted, batch: WriteBatch): void {
  for (const write of batch) {
    if (write.type === "insert") into.set(write.entity, (into.get(write.entity) ?? 0) + write.rows.length);
  }
}

/** How much the tables of one open database have grown. */
export class Growth {
  readonly #tables = new Map<EntityModel, { rows: number; next: number }>();

  /** Adds rows that were inserted; true when statistics are due. */
  add(entity: EntityModel, rows: number): boolean {
    let table = this.#tables.get(entity);
    if (!table) this.#tables.set(entity, (table = { rows: 0, next: first }));
    table.rows += rows;
    if (table.rows < table.next) return false;
    table.next = table.rows * 2;
    return true;
  }
}
