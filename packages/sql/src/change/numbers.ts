/**
 * The counters of autonumbers while a model changes. Records that were there before get numbers in the order of their ids, each in the period of its own
 * creation; and when values were made otherwise before, by hand or by another pattern, counters go on above them.
 */

import type { FieldModel } from "@kith/core";
import { canonicalText, type Json } from "@kith/schema";
import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import type { SqlSession } from "../driver.ts";
import { sequenceTable } from "../names.ts";
import type { FieldPlan } from "./fields.ts";
import { type PassTable, passOver } from "./pass.ts";
import { rowsOf, runSql } from "./query.ts";
import type { TablePlan } from "./table-plan.ts";
import { type Task, wait } from "./task.ts";

/** The counters of a plan, which go on from where the database's stand. */
export class Numbers {
  readonly #context: SqlContext;
  readonly #session: SqlSession;
  readonly #now: string;
  /** How far counters came, where that is not what the database says. */
  readonly #counters = new Map<string, number>();
  /** What the database says. */
  readonly #stored = new Map<string, number>();

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

  /** Looks where the counters of a table stand, as long as it has its old form. To be done before any number of it is taken. */
  *begin(plan: TablePlan): Task<void> {
    for (const one of plan.fields) {
      if (!one.field.type.generate) continue;
      const recount = one.old !== undefined && countsOtherwise(one);
      if (!recount && !plan.fills.includes(one)) continue;
      yield* this.#load(plan, one);
      if (recount) yield* this.#recount(plan, one);
    }
  }

  /** The next value of a field. */
  next(field: FieldModel, record: Readonly<Record<string, unknown>>): unknown {
    const { generate } = field.type;
    if (!generate) return null;
    const at = typeof record["createdAt"] === "string" ? record["createdAt"] : this.#now;
    const name = counterName(field, generate.sequence(field.def, at));
    const n = this.#reached(name) + 1;
    this.#counters.set(name, n);
    return generate.format(field.def, n, at);
  }

  /** Writes how far the counters came. */
  *save(): Task<void> {
    for (const [name, value] of this.#counters) {
      yield* runSql(
        this.#context,
        this.#session,
        sql`insert into ${this.#table} ("name", "value") values (${name}, ${value}) on conflict ("name") do update set "value" = excluded."value"`,
      );
    }
  }

  get #table() {
    return sql.table(this.#context.at(this.#context.own(sequenceTable)));
  }

  #reached(name: string): number {
    return Math.max(this.#counters.get(name) ?? 0, this.#stored.get(name) ?? 0);
  }

  #raise(name: string, n: number): void {
    if (n > this.#reached(name)) this.#counters.set(name, n);
  }

  /** A counter is named after the entity and the field that it belongs to, and gets its new name with them. */
  *#load({ match }: TablePlan, { field, old }: FieldPlan): Task<void> {
    const before =
      old && match.old ? counterName({ entity: match.old.name, name: old.name }, "") : counterName(field, "");
    const rows = yield* rowsOf(
      this.#context,
      this.#session,
      sql`select "name", "value" from ${this.#table} where substr("name", 1, ${sql.lit(before.length)}) = ${before}`,
    );
    for (const [name, value] of rows) {
      const now = counterName(field, String(name).slice(before.length));
      this.#stored.set(now, Number(value));
    }
  }

  /** Counts the numbers that were given, of records that are gone too, and the values that are there. */
  *#recount(plan: TablePlan, one: FieldPlan): Task<void> {
    const { field, old } = one;
    const { generate } = field.type;
    const given = old?.model?.type.generate;
    if (!generate?.locate) return;
    const locate = generate.locate;
    const own = counterName(field, "");
    const raise = (value: string) => {
      const place = locate(field.def, value);
      if (place && place.n > 0) this.#raise(`${own}${place.sequence}`, place.n);
    };
    if (old && given?.render) {
      const before = [...this.#stored].filter(([name]) => name.startsWith(own));
      // A counter of the same name may count from another number now.
      for (const [name] of before) {
        this.#stored.delete(name);
        if (!this.#counters.has(name)) this.#counters.set(name, 0);
      }
      for (const [name, n] of before) if (n > 0) raise(given.render(old.def, name.slice(own.length), n));
    }
    const { entity, db } = plan;
    const table: PassTable = {
      entity,
      table: this.#context.at(db.name),
      fields: [one],
      columnNow: (name) => name,
      number: () => null,
    };
    yield* passOver(this.#context, this.#session, table, new Set([one]), (rows) => {
      for (const { record } of rows) {
        const value = record[field.name];
        if (typeof value === "string") raise(value);
      }
      return wait(undefined);
    });
  }
}

const counterName = ({ entity, name }: Pick<FieldModel, "entity" | "name">, sequence: string) =>
  `${entity}.${name}:${sequence}`;

/** Whether the values that are there are not those that the counters of the database gave. */
function countsOtherwise({ field, old }: FieldPlan): boolean {
  if (!old?.model?.type.generate || old.def.kind !== field.def.kind) return true;
  const options = Object.keys(field.type.options);
  return options.some((option) => text(old.def[option]) !== text(field.def[option]));
}

const text = (value: unknown) => canonicalText((value ?? null) as Json);
