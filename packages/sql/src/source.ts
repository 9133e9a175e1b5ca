/** A table of a statement, under its alias, and the tables that are joined to it. */

import type { EntityModel, FieldModel } from "@kith/core";
import { type AliasedExpression, type SelectQueryBuilder, sql } from "kysely";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { Aliases, ref } from "./sql.ts";

/** Anything of Kysely's that selects. */
export type Select = SelectQueryBuilder<any, any, any>;

interface Join {
  readonly table: string;
  readonly alias: string;
  readonly on: Sql;
}

/** The tables of one SELECT. */
export class From {
  readonly context: SqlContext;
  readonly aliases: Aliases;
  readonly #joins: Join[] = [];
  readonly #shared = new Map<string, Source>();

  constructor(context: SqlContext, aliases: Aliases) {
    this.context = context;
    this.aliases = aliases;
  }

  /** How many tables stand in it, the first included. */
  get size(): number {
    return this.#joins.length + 1;
  }

  /** Adds the record that a lookup leads to; the same lookup without a condition is joined once. */
  follow(source: Source, column: string, target: EntityModel, where?: (joined: Source) => Sql): Source {
    const key = `${source.alias}.${column}`;
    const known = where ? undefined : this.#shared.get(key);
    if (known) return known;
    const joined = new Source(this.context, target, this.aliases, this);
    const same = sql`${ref(joined.alias, "id")} = ${ref(source.alias, column)}`;
    const on = where ? sql`${same} and ${where(joined)}` : same;
    this.#joins.push({ table: this.context.at(this.context.table(target)), alias: joined.alias, on });
    if (!where) this.#shared.set(key, joined);
    return joined;
  }

  /** The query with all joins. */
  joinTo(query: Select): Select {
    let all = query;
    for (const { table, alias, on } of this.#joins) {
      all = all.leftJoin(sql`${sql.table(table)}`.as(alias) as never, (join: any) => join.on(on));
    }
    return all;
  }
}

/** An entity's table under an alias. */
export class Source {
  readonly context: SqlContext;
  readonly entity: EntityModel;
  readonly alias: string;
  readonly #aliases: Aliases;
  readonly #from: From;

  constructor(context: SqlContext, entity: EntityModel, aliases: Aliases = new Aliases(), from?: From) {
    this.context = context;
    this.entity = entity;
    this.#aliases = aliases;
    this.alias = aliases.next();
    this.#from = from ?? new From(context, aliases);
  }

  /** The tables that this one stands among. */
  get tables(): From {
    return this.#from;
  }

  /** Another table of the same statement, in a SELECT of its own. */
  inner(entity: EntityModel): Source {
    return new Source(this.context, entity, this.#aliases);
  }

  /** The record that lookups lead to. */
  along(path: readonly FieldModel[], columnOf: (field: FieldModel) => string): Source {
    let at: Source = this;
    for (const field of path) {
      if (!field.relation) throw new TypeError(`Field '${field.name}' of '${field.entity}' leads nowhere.`);
      at = at.tables.follow(at, columnOf(field), field.relation.target);
    }
    return at;
  }

  /** The table under its alias. */
  get table(): AliasedExpression<any, string> {
    const { table, at } = this.context;
    return sql`${sql.table(at(table(this.entity)))}`.as(this.alias);
  }

  /** A query on this table alone. */
  from(): Select {
    const { db, guard } = this.context;
    const from: Select = db.selectFrom(this.table as never) as never;
    return guard ? from.where(guard as never) : from;
  }

  /** A query on this table and all that was joined to it. */
  fromAll(): Select {
    return this.#from.joinTo(this.from());
  }
}
