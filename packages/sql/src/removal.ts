/** The statements that delete a record and its entry in the text index. */

import type { EntityModel, MaybePromise } from "@kith/core";
import { sql } from "kysely";
import { versionColumn } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { type SqlSession, Statement } from "./driver.ts";
import type { SearchUpkeep } from "./search.ts";

/** How records of an entity are deleted. */
export interface Removal {
  readonly statement: Statement;
  /** It names the row and its entry, each by the id. */
  readonly twice: boolean;
  /** It gives a row for the one that it deleted. */
  readonly returns: boolean;
  /** There when the index is kept by a statement of its own; this one then gives the row's key. */
  readonly follow: ((session: SqlSession, raw: readonly unknown[]) => MaybePromise<unknown>) | undefined;
}

/** Compiles the deletion by id, and by version when it is `versioned`. */
export function compileRemoval(
  { db, dialect, table, at }: SqlContext,
  entity: EntityModel,
  upkeep: SearchUpkeep | undefined,
  versioned: boolean,
): Removal {
  const also = versioned ? sql` and ${sql.ref(versionColumn(entity))} = ${0}` : sql``;
  const remove = sql`delete from ${sql.table(at(table(entity)))} where ${sql.ref("id")} = ${0}${also}`;
  const removal = (whole: Sql, rest: Partial<Removal>): Removal => ({
    statement: new Statement(sql`${whole}`.compile(db).sql),
    twice: false,
    returns: false,
    follow: undefined,
    ...rest,
  });
  if (!upkeep) return removal(remove, {});
  const { along } = upkeep;
  if (!along) {
    const follow: Removal["follow"] = (session, raw) => upkeep.remove(session, raw[0]);
    return removal(sql`${remove} returning ${sql.ref(dialect.search.key)}`, { returns: true, follow });
  }
  if (!versioned) return removal(sql`with entry as (${along.remove()}) ${remove}`, { twice: true });
  // A record of another version keeps its words.
  const gone = sql`${remove} returning ${sql.ref("id")}`;
  return removal(sql`with gone as (${gone}), entry as (${along.removeOf("gone")}) select 1 from gone`, {
    returns: true,
  });
}
