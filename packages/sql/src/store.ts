/** Opening a database: making what is missing, and refusing what does not fit the model. */

import { type EntityModel, type MaybePromise, type Model, XrmError } from "@kith/core";
import { canonicalText } from "@kith/schema";
import { sql } from "kysely";
import type { SqlContext } from "./context.ts";
import { createOwnTables, createTable } from "./ddl.ts";
import type { Sql } from "./dialect.ts";
import { type SqlSession, Statement } from "./driver.ts";
import { chain, inTurn } from "./maybe.ts";
import { metaFormat, metaTable, searchTable, sequenceTable } from "./names.ts";
import { createSearch, dropSearch, fillSearch } from "./search.ts";
import { tableDiff } from "./table-diff.ts";
import { desiredTables, type TableSpec } from "./tables.ts";

/** What opening needs of a storage. */
export interface StoreAccess {
  /** Reads outside a transaction. */
  readonly session: SqlSession;
  /** Runs work in a transaction that excludes every other writer. */
  readonly exclusive: (work: (session: SqlSession) => MaybePromise<void>) => MaybePromise<void>;
  /** The instant, as ISO text. */
  readonly now: () => string;
}

type Meta = ReadonlyMap<string, string>;

/** What has to be done to a database. */
interface Work {
  readonly statements: readonly Statement[];
  /** Entities whose text index is there, empty, and must be filled. */
  readonly reindex: readonly EntityModel[];
  readonly meta: Meta;
}

/**
 * Brings a database in line with a model: new tables are made; tables that differ are refused. Safe when several processes do it at once: what is
 * found out before the transaction is found out again inside it.
 *
 * @throws {XrmError} NOT_KITH, MODEL_OLDER, MODEL_CHANGED
 */
export function openStore(context: SqlContext, model: Model, access: StoreAccess): MaybePromise<void> {
  const wanted = desiredTables(model);
  const plan = (session: SqlSession): MaybePromise<Work | undefined> =>
    chain(namesOf(context, session, context.dialect.takenNames), (names) =>
      chain(names.has(context.own(metaTable)) ? readMeta(context, session) : undefined, (meta) =>
        planWork(context, model, wanted, names, meta, access.now()),
      ),
    );
  return chain(plan(access.session), (needed) =>
    needed === undefined
      ? undefined
      : access.exclusive((session) =>
          chain(plan(session), (work) => (work ? carryOut(context, session, work) : undefined)),
        ),
  );
}

function namesOf(context: SqlContext, session: SqlSession, query: Sql): MaybePromise<ReadonlySet<string>> {
  const { sql: text, parameters } = sql`${query}`.compile(context.db);
  return chain(session.all(new Statement(text), parameters), (rows) => new Set(rows.map((row) => String(row[0]))));
}

function readMeta(context: SqlContext, session: SqlSession): MaybePromise<Meta> {
  const table = context.own(metaTable);
  return chain(namesOf(context, session, context.dialect.columnNames(table)), (columns) => {
    if (!columns.has("key") || !columns.has("value")) throw notKith([table]);
    const { sql: text } = context.db.selectFrom(table).select(["key", "value"]).compile();
    return chain(
      session.all(new Statement(text), []),
      (rows) => new Map(rows.map((row) => [String(row[0]), String(row[1])])),
    );
  });
}

function planWork(
  context: SqlContext,
  model: Model,
  wanted: readonly TableSpec[],
  names: ReadonlySet<string>,
  meta: Meta | undefined,
  now: string,
): Work | undefined {
  const stored = storedTables(meta, model);
  const known = new Map(stored.map((table) => [table.entity, table]));
  const problems: string[] = [];
  const fresh: TableSpec[] = [];
  const stale: { readonly old: TableSpec; readonly table: TableSpec }[] = [];
  for (const table of wanted) {
    const old = known.get(table.entity);
    if (!old) fresh.push(table);
    else {
      problems.push(...tableDiff(old, table).map((difference) => `${table.entity}: ${difference}`));
      const lost = table.search !== undefined && !names.has(context.own(searchTable(table.table)));
      if (lost || canonicalText(old.search ?? null) !== canonicalText(table.search ?? null)) stale.push({ old, table });
      if (!names.has(context.table(old))) problems.push(`${table.entity}: its table '${context.table(old)}' is gone`);
    }
  }
  if (problems.length > 0) throw changedError(model, problems);
  refuseTaken(context, fresh, names, meta);
  const tables = JSON.stringify([...stored.filter(({ entity }) => !model.entities.has(entity)), ...wanted]);
  const unchanged =
    stale.length === 0 &&
    meta?.get("hash") === model.hash &&
    meta.get("tables") === tables &&
    meta.get("version") === `${model.version}`;
  if (unchanged) return undefined;
  const byEntity = new Map([...stored, ...wanted].map(({ entity, table }) => [entity, table]));
  const tableOf = (entity: string) => byEntity.get(entity) as string;
  return {
    statements: [
      ...(meta ? [] : createOwnTables(context)),
      ...fresh.flatMap((table) => createTable(context, table, tableOf)),
      // A text index holds nothing of its own: it is made anew when the model wants another one.
      ...stale.flatMap(({ old, table }) => [
        ...(old.search ? dropSearch(context, old.table, old.search) : []),
        ...(table.search ? createSearch(context, table.table, table.search) : []),
      ]),
    ],
    reindex: stale.flatMap(({ table }) => (table.search ? [model.entities.get(table.entity) as EntityModel] : [])),
    meta: new Map([
      ["format", `${metaFormat}`],
      ["version", `${model.version}`],
      ["hash", model.hash],
      ["model", canonicalText(model.toJSON())],
      ["tables", tables],
      ["applied_at", now],
    ]),
  };
}

function storedTables(meta: Meta | undefined, model: Model): readonly TableSpec[] {
  if (!meta) return [];
  const format = Number(meta.get("format"));
  const version = Number(meta.get("version"));
  const tables = meta.get("tables");
  if (!Number.isInteger(format) || format < 1 || !Number.isInteger(version) || tables === undefined) {
    throw new XrmError(
      "NOT_KITH",
      `The table '${metaTable}' in the database does not hold what Kith keeps there; use another database, or restore it.`,
    );
  }
  if (format < metaFormat) {
    throw new XrmError(
      "MODEL_CHANGED",
      `The database was written by an older version of Kith (format ${format}, this one keeps ${metaFormat}); start from a new one and import the data.`,
      { params: { format, known: metaFormat } },
    );
  }
  if (format > metaFormat) {
    throw new XrmError(
      "MODEL_OLDER",
      `The database was written by a newer version of Kith (format ${format}, this one knows ${metaFormat}); update the @kith packages.`,
      {
        params: { format, known: metaFormat },
      },
    );
  }
  if (version > model.version) {
    throw new XrmError(
      "MODEL_OLDER",
      `The database was written by version ${version} of the model, this is version ${model.version}; run the newer program.`,
      {
        params: { stored: version, given: model.version },
      },
    );
  }
  return JSON.parse(tables) as TableSpec[];
}

function changedError(model: Model, problems: readonly string[]): XrmError {
  const shown = problems.slice(0, 5).join("; ");
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : "";
  const entities = [...new Set(problems.map((problem) => problem.slice(0, problem.indexOf(":"))))];
  return new XrmError(
    "MODEL_CHANGED",
    `The model asks for other tables than the database has: ${shown}${more}. Go back to the declarations that made the database, or start from a new one and import the data; changing tables in place is not there yet.`,
    { entity: entities.length === 1 ? entities[0] : undefined, params: { changes: problems, version: model.version } },
  );
}

function refuseTaken(
  context: SqlContext,
  fresh: readonly TableSpec[],
  names: ReadonlySet<string>,
  meta: Meta | undefined,
): void {
  const needed = [
    ...(meta ? [] : [metaTable, sequenceTable].map(context.own)),
    ...fresh.flatMap((table) => [
      context.table(table),
      ...table.indexes.map(({ name }) => context.own(name)),
      ...(table.search ? [context.own(searchTable(table.table))] : []),
    ]),
  ];
  const taken = needed.filter((name) => names.has(name.toLowerCase()));
  if (taken.length === 0) return;
  throw notKith(taken);
}

function notKith(names: readonly string[]): XrmError {
  return new XrmError(
    "NOT_KITH",
    `The database already holds ${names.map((name) => `'${name}'`).join(", ")}, which Kith did not make; use another database or other entity names.`,
    { params: { names } },
  );
}

function carryOut(context: SqlContext, session: SqlSession, { statements, reindex, meta }: Work): MaybePromise<void> {
  const { db, own } = context;
  const rows = [...meta].map(([key, value]) => {
    const { sql: text, parameters } = db
      .insertInto(own(metaTable))
      .values({ key, value })
      .onConflict((conflict) => conflict.column("key").doUpdateSet({ value }))
      .compile();
    return { statement: new Statement(text), values: parameters };
  });
  const all = [...statements.map((statement) => ({ statement, values: [] as readonly unknown[] })), ...rows];
  const made = inTurn(all, ({ statement, values }) => session.run(statement, values));
  return chain(made, () =>
    chain(
      inTurn(reindex, (entity) => fillSearch(context, session, entity)),
      () => undefined,
    ),
  );
}
