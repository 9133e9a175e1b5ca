/**
 * What the SQL storages of Kith share: from plans to compiled SQL, rows to records, writes to statements, models to tables. A database brings a
 * {@link Dialect} and a {@link SqlSession}.
 *
 * @packageDocumentation
 */

// Reading
export { compileAggregate } from "./aggregate.ts";
// What a database says of itself
export { seeksOne } from "./bounded.ts";
export { type SqlContext, type SqlContextOptions, sqlContext, timed } from "./context.ts";
export { compileCount } from "./count.ts";
export type { ColumnFacts, ConstraintFailure, Dialect, Extreme, SpanUnit, Sql, Term } from "./dialect.ts";
export { countInserted, Growth, type Inserted } from "./growth.ts";
export { type SqlSession, Statement, type Step, type StepResult } from "./driver.ts";
export { type Compiled, compileRead } from "./read.ts";
// Opening, and changing the model
export { metaTable } from "./names.ts";
export type { Operation } from "./change/operations.ts";
export type { Phases } from "./change/phases.ts";
export type { SharedAccess, StoreAccess } from "./change/carry.ts";
export { applyStore, checkStore, openStore, planStore } from "./change/open.ts";
export { findDrift } from "./change/drift.ts";
export { ModelWatch } from "./change/watch.ts";
export type { DbCheck, DbColumn, DbIndex, DbReference, DbTable } from "./change/introspect.ts";
// Text indexes
export type { RankSql, SearchDialect, SearchPlace, WordsOperand } from "./search.ts";
// Values that may be promises
export { inTurn, lastly, rescue, chain } from "./maybe.ts";
// Writing
export { Writer } from "./write.ts";
// Kysely's parts that a dialect is written with
export { PostgresAdapter, PostgresQueryCompiler, SqliteAdapter, SqliteQueryCompiler, sql } from "kysely";
