/** From a read plan to the statement that answers it, with to-one includes joined in, and the statements that bring the rest along. */

import type { Condition, FieldModel, IncludePlan, OrderKey, ReadPlan } from "@kith/core";
import { sql } from "kysely";
import { type FieldReader, fieldReader, lookupColumn, valueColumns } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { firstOfEach, seeksEach } from "./each.ts";
import { filterSql } from "./filter.ts";
import { orderSql } from "./order.ts";
import { type Marker, plainMarker, type Query, toQuery } from "./parameters.ts";
import { type RowMapper, rowMapper, type Slot } from "./rows.ts";
import { type RankSql, searchPlace, wordsOperand } from "./search.ts";
import { type Select, Source } from "./source.ts";
import { ref } from "./sql.ts";
import { inStretches, stretchesOf } from "./stretches.ts";
import { type Tie, tieOf } from "./tie.ts";

/** Records that a later statement fetches for the rows of this one. */
export interface Later {
  readonly name: string;
  readonly many: boolean;
  /** To-one includes between the row and the record that gets them. */
  readonly path: readonly string[];
  /** Where the row holds the key that ties them. */
  readonly key: number;
  readonly select: CompiledSelect;
}

/** A statement for a read plan or an include, ready to run. */
export interface CompiledSelect {
  readonly query: Query;
  readonly map: RowMapper;
  /** Where each row holds the key of the parent that it belongs to; -1 at the root. */
  readonly parent: number;
  readonly later: readonly Later[];
  /** Reads the place of a row in the plan's order; there when the plan asks for pages. */
  readonly place: readonly FieldReader[] | undefined;
  /** Where each row holds its points, when the plan ranks. */
  readonly points: number | undefined;
}

/** Compiles a read plan, or an include's. */
export function compileSelect(context: SqlContext, plan: ReadPlan, include?: IncludePlan): CompiledSelect {
  return new Selection(context, plan, include).compile();
}

class Selection {
  readonly context: SqlContext;
  readonly plan: ReadPlan;
  readonly tie: Tie | undefined;
  readonly source: Source;
  readonly columns: Sql[] = [];
  readonly later: Later[] = [];
  readonly #places = new Map<string, number>();

  constructor(context: SqlContext, plan: ReadPlan, include: IncludePlan | undefined) {
    this.context = context;
    this.plan = plan;
    this.tie = include && tieOf(context, include);
    this.source = this.tie?.source ?? new Source(context, plan.entity);
  }

  compile(): CompiledSelect {
    const { context, plan, source, tie } = this;
    const slots = this.#slots(plan, source, []);
    const place = plan.page ? plan.order.map((key) => this.#keyReader(key)) : undefined;
    const rank = rankOf(context, plan, source);
    const points = rank && !tie ? this.#add("points", rank.points) : undefined;
    const parent = tie ? this.#add(tie.name, tie.key) : -1;
    // Rows without any field are rows all the same.
    if (this.columns.length === 0) this.#column(source, "id");
    const compiled =
      tie && !rank && plan.limit !== undefined && seeksEach(context, tie)
        ? firstOfEach(context, { plan, tie, columns: this.columns, limit: this.#limit() })
        : this.#whole(rank);
    return {
      query: toQuery(compiled.compile()),
      map: rowMapper(slots, context.generate),
      parent,
      later: this.later,
      place,
      points,
    };
  }

  #whole(rank: RankSql | undefined): Select {
    const { context, plan, source, tie } = this;
    const stretches = rank || tie ? undefined : stretchesOf(context, plan, source);
    if (stretches) return inStretches(context, plan, source, this.columns, () => this.#limit(), stretches);
    const condition = rank ? othersThan(plan.where, plan.ranked) : plan.where;
    const where = condition && filterSql(context, source, condition);
    const order = orderSql(context, source, plan.order);
    if (rank) order.unshift(sql`${rank.points} desc`);
    let query = source.tables.joinTo(tie ? tie.from() : source.from());
    if (rank) query = joinRank(query, rank);
    if (tie) query = query.where(tie.where as never);
    if (where) query = query.where(where as never);
    return tie && plan.limit !== undefined ? this.#numberedEach(query, tie, order) : this.#limitedAll(query, order);
  }

  #limitedAll(query: Select, order: readonly Sql[]): Select {
    const { plan, context } = this;
    let all = query.select(this.columns as never);
    for (const term of order) all = all.orderBy(term as never);
    if (plan.limit !== undefined) all = all.limit(this.#limit() as never);
    return plan.lock && context.dialect.rowLocks ? all.forUpdate(this.source.alias as never) : all;
  }

  /** Each parent's rows numbered, where no index could have their order. */
  #numberedEach(query: Select, tie: Tie, order: readonly Sql[]): Select {
    const number = sql`row_number() over (partition by ${tie.key} order by ${sql.join(order)})`;
    const named = this.columns.map((column, i) => sql`${column}`.as(`c${i}`));
    const inner = query.select([...named, number.as("n")] as never).as("w");
    return this.context.db
      .selectFrom(inner as never)
      .select(this.columns.map((_, i) => ref("w", `c${i}`)) as never)
      .where(sql`${ref("w", "n")} <= ${this.#limit()}` as never)
      .orderBy(ref("w", "n") as never) as never;
  }

  #limit(): Sql {
    return this.context.dialect.parameter(limitMarker(this.plan), "integer");
  }

  /** The properties of a record: its fields, then its includes. */
  #slots(plan: ReadPlan, source: Source, path: readonly string[]): Slot[] {
    const slots: Slot[] = plan.fields.map((field) => ({
      kind: "field",
      name: field.name,
      reader: this.#reader(source, field),
    }));
    const references = new Map<FieldModel, Record<string, Slot>>();
    for (const include of plan.includes) {
      const { of, name } = include;
      if (!of) slots.push(this.#include(include, name, source, path));
      else {
        let targets = references.get(of);
        if (!targets) {
          references.set(of, (targets = {}));
          slots.push({ kind: "reference", name, reader: this.#reader(source, of), targets });
        }
        targets[include.field.name] = this.#include(include, "record", source, [...path, name]);
      }
    }
    return slots;
  }

  #include(include: IncludePlan, name: string, source: Source, path: readonly string[]): Slot {
    const { plan, many, field } = include;
    const { context } = this;
    if (many || !this.#hasRoom(plan)) {
      const key = this.#column(source, many ? "id" : lookupColumn(field));
      // Order and limit play no part in a relation to one.
      const own = many ? plan : { ...plan, limit: undefined };
      this.later.push({ name, many, path, key, select: compileSelect(context, own, include) });
      return { kind: "later", name, many };
    }
    const { where } = plan;
    const on = where && ((joined: Source) => filterSql(context, joined, where));
    const joined = source.tables.follow(source, lookupColumn(field), plan.entity, on);
    const present = this.#column(joined, "id");
    return { kind: "one", name, present, slots: this.#slots(plan, joined, [...path, name]) };
  }

  /** Databases limit the tables and columns of a statement; what does not fit is fetched by a statement of its own. */
  #hasRoom(plan: ReadPlan): boolean {
    const { limits } = this.context.dialect;
    const sortJoins = this.plan.order.reduce((sum, key) => sum + key.path.length, 0);
    const width = plan.fields.reduce((sum, field) => sum + valueColumns(field).length, 1 + plan.includes.length);
    return (
      this.source.tables.size + sortJoins + 2 < limits.tables && this.columns.length + width + 100 < limits.columns
    );
  }

  #keyReader(key: OrderKey): FieldReader {
    return this.#reader(this.source.along(key.path, lookupColumn), key.field);
  }

  #reader(source: Source, field: FieldModel): FieldReader {
    const at = valueColumns(field).map((column) => {
      const { select } = this.context.dialect.columns[column.type];
      return this.#column(source, column.name, select);
    });
    return fieldReader(this.context.dialect, field, at);
  }

  #column(source: Source, name: string, select: (column: Sql) => Sql = (column) => column): number {
    return this.#add(`${source.alias}.${name}`, select(ref(source.alias, name)));
  }

  /** Selects a column, once; gives its place in the row. */
  #add(key: string, column: Sql): number {
    let index = this.#places.get(key);
    if (index === undefined) {
      index = this.columns.push(column) - 1;
      this.#places.set(key, index);
    }
    return index;
  }
}

/** What ranks the rows of a plan that asks for it. */
function rankOf(context: SqlContext, { entity, ranked }: ReadPlan, { alias }: Source): RankSql | undefined {
  if (ranked === undefined) return undefined;
  if (!entity.search) throw new TypeError(`Entity '${entity.name}' has no searchable field.`);
  return context.dialect.search.ranks(searchPlace(context, entity.table, entity.search), alias, wordsOperand(ranked));
}

/** A condition without the search that ranks: what is not found has no rank. */
function othersThan(where: Condition | undefined, ranked: number | undefined): Condition | undefined {
  if (where?.kind === "search" && where.param === ranked) return undefined;
  if (where?.kind !== "all") return where;
  return { kind: "all", of: where.of.filter((one) => othersThan(one, ranked) !== undefined) };
}

function joinRank(query: Select, { join: { from, alias, on } }: RankSql): Select {
  return query.innerJoin(sql`${from}`.as(alias) as never, (join: any) => join.on(on));
}

function limitMarker(plan: ReadPlan): Marker {
  const limit = plan.limit as number;
  return plan.page ? plainMarker(limit, (n: number) => n + 1) : plainMarker(limit);
}
