/** What building SQL needs to know: the dialect, Kysely over it, and how tables are named. */

import { canCompile, type EntityModel } from "@kith/core";
import { type CompiledQuery, DummyDriver, Kysely } from "kysely";
import type { Dialect, Sql } from "./dialect.ts";

/** Settings of {@link sqlContext}. */
export interface SqlContextOptions {
  /** Put before the name of every table, index and of Kith's own tables. None unless given. */
  readonly prefix?: string;
  /** Row mappers are generated as code. False where the host forbids `new Function`; found out unless given. */
  readonly generate?: boolean;
}

/** What everything that builds SQL is given. */
export interface SqlContext {
  readonly dialect: Dialect;
  readonly db: Kysely<any>;
  readonly generate: boolean;
  /** Stands in every SELECT on a table, so that each row that is visited evaluates it; see {@link timed}. */
  readonly guard: Sql | undefined;
  /** The full name of a table of Kith's own, or of an index. */
  readonly own: (name: string) => string;
  /** The full name of an entity's table. */
  readonly table: (entity: Pick<EntityModel, "table">) => string;
}

/** Anything of Kysely's that compiles. */
export interface Compilable {
  compile(): CompiledQuery;
}

/** A context for a dialect. Kysely only builds and compiles here; it never meets the database. */
export function sqlContext(dialect: Dialect, options: SqlContextOptions = {}): SqlContext {
  const db = new Kysely<any>({
    dialect: {
      createAdapter: dialect.adapter,
      createDriver: () => new DummyDriver(),
      createIntrospector: () => {
        throw new TypeError("This Kysely only compiles.");
      },
      createQueryCompiler: dialect.compiler,
    },
  });
  const prefix = options.prefix ?? "";
  return {
    dialect,
    db,
    generate: options.generate ?? canCompile,
    guard: undefined,
    own: (name) => `${prefix}${name}`,
    table: (entity) => `${prefix}${dialect.tableName(entity.table)}`,
  };
}

/** A context whose statements stop at a time limit, where the database has to be told so in the statement itself. */
export function timed(context: SqlContext): SqlContext {
  return { ...context, guard: context.dialect.inTime };
}
