/** What building SQL needs to know: the dialect, Kysely over it, and how tables are named. */

import { canCompile, type EntityModel } from "@kith/core";
import { fittingName } from "@kith/schema";
import { type CompiledQuery, DummyDriver, Kysely } from "kysely";
import type { Dialect, Sql } from "./dialect.ts";

/** Settings of {@link sqlContext}. */
export interface SqlContextOptions {
  /** The schema in which tables stand; names are then written with it. None unless given. */
  readonly schema?: string;
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
  /** A table's name as statements write it: with its schema. */
  readonly at: (table: string) => string;
  /** The full name of a table of Kith's own, of an index or of a constraint, without its schema. */
  readonly own: (name: string) => string;
  /** The full name of an entity's table, without its schema. */
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
  const { prefix = "", schema } = options;
  return {
    dialect,
    db,
    generate: options.generate ?? canCompile,
    guard: undefined,
    at: schema === undefined ? (table) => table : (table) => `${schema}.${table}`,
    own: (name) => fittingName(`${prefix}${name}`),
    table: (entity) => fittingName(`${prefix}${dialect.tableName(entity.table)}`),
  };
}

/** A context whose statements stop at a time limit, where the database has to be told so in the statement itself. */
export function timed(context: SqlContext): SqlContext {
  return { ...context, guard: context.dialect.inTime };
}
