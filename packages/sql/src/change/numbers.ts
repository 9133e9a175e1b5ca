/** Numbers for records that were there before their autonumber: in the order of their ids, each in the period of its own creation. */

import type { FieldModel } from "@kith/core";
import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { sequenceTable } from "../names.ts";
import { rowsOf, runSql } from "./query.ts";
import type { Task } from "./task.ts";

/** The counters of a plan, which go on from where the database's stand. */
export class Numbers {
  readonly #context: SqlContext;
  readonly #session: SqlSession;
  readonly #now: string;
  readonly #counters = new Map<string, number>();

  constructor(context: SqlContext, session: SqlSession, now: string) {
    this.#context = context;
    this.#session = session;
    this.#now = now;
  }

  /** The same counters, on another session. */
  within(session: SqlSession): Numbers {
    const numbers = new Numbers(this.#context, session, this.#now);
    for (const [name, value] of this.#counters) numbers.#counters.set(name, value);
    return numbers;
  }

  /** The next value of a field. */
  *next(field: FieldModel, record: Readonly<Record<string, unknown>>): Task<unknown> {
    const { generate } = field.type;
    if (!generate) return null;
    const at = typeof record["createdAt"] === "string" ? record["createdAt"] : this.#now;
    const name = `${field.entity}.${field.name}:${generate.sequence(field.def, at)}`;
    const last = this.#counters.get(name) ?? (yield* this.#stored(name));
    this.#counters.set(name, last + 1);
    return generate.format(field.def, last + 1, at);
  }

  /** Writes how far the counters came. */
  *save(): Task<void> {
    const table = sql.table(this.#context.at(this.#context.own(sequenceTable)));
    for (const [name, value] of this.#counters) {
      yield* runSql(
        this.#context,
        this.#session,
        sql`insert into ${table} ("name", "value") values (${name}, ${value}) on conflict ("name") do update set "value" = excluded."value"`,
      );
    }
  }

  *#stored(name: string): Task<number> {
    const table = sql.table(this.#context.at(this.#context.own(sequenceTable)));
    const [row] = yield* rowsOf(this.#context, this.#session, sql`select "value" from ${table} where "name" = ${name}`);
    return row ? Number(row[0]) : 0;
  }
}
