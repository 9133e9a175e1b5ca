/** Kysely, the way its guide writes queries; relations by its JSON helpers. Nothing is validated. */

import { actorId, type ContenderModule, type ListArgs, type OpenContext, type Row } from "../lib/contender.ts";
import { versionOf } from "../lib/load.ts";
import { byColumn, camel, contact, opportunities, opportunity, selected } from "./aliased.ts";
import { openPool } from "./pg-pool.ts";
import {
  cents,
  columns,
  contactIndex,
  contactLexemes,
  contactValues,
  contactWords,
  decimal,
  newContact,
  newOpportunity,
  opportunityValues,
} from "./records.ts";
import { openSqlite } from "./sqlite-file.ts";

export const contender: ContenderModule = {
  dbs: ["sqlite", "pg"],
  async open(context) {
    const { load } = context;
    const lite = context.db === "sqlite";
    const { sql } = await load("kysely");
    const { v7 } = await load("uuid");
    const { jsonArrayFrom: many, jsonObjectFrom: one } = await load(`kysely/helpers/${lite ? "sqlite" : "postgres"}`);
    const db = await open(context);

    const now = () => new Date().toISOString();
    const matching = ({ stage, above }: ListArgs) =>
      db.selectFrom("opportunity").where("stage", "=", stage).where("amount", ">", cents(above));
    const latest = (query: any) =>
      query.orderBy("opportunity.close_date", "desc").orderBy("opportunity.id", "desc").limit(50);
    const list = async (args: ListArgs) =>
      opportunities(await latest(matching(args).select(selected("opportunity"))).execute());
    const insertContact = async (values: Row, tx: any) => {
      const row = newContact(v7(), now(), values);
      const { insertId } = await tx
        .insertInto("contact")
        .values(byColumn("contact", contactValues(row)))
        .executeTakeFirstOrThrow();
      const entry = lite
        ? { rowid: insertId, b: contactWords(row) }
        : { id: row["id"], words: sql`${contactLexemes(row)}::tsvector` };
      await tx.insertInto(contactIndex).values(entry).execute();
      return row;
    };
    const sums = (key: string, rows: any[]) =>
      rows.map((row) => ({ [key]: row[key], count: Number(row.count), sum: decimal(row.sum) }));
    const nested = (e: any, entity: "account" | "contact") =>
      one(
        e.selectFrom(entity).select(selected(entity, entity)).whereRef(`${entity}.id`, "=", `opportunity.${entity}`),
      ).as(entity);
    return {
      version: versionOf("kysely"),
      create: (values) => db.transaction().execute((tx: any) => insertContact(values, tx)),
      bulk: async (values) => {
        const stamp = now();
        const rows = values.map((each) => newOpportunity(v7(), stamp, each));
        await db
          .insertInto("opportunity")
          .values(rows.map((row) => byColumn("opportunity", opportunityValues(row))))
          .execute();
        return rows;
      },
      get: async (id) =>
        contact(
          await db.selectFrom("contact").select(selected("contact")).where("id", "=", id).executeTakeFirstOrThrow(),
        ),
      list,
      listCount: async (args) => ({
        rows: await list(args),
        total: Number(
          (
            await matching(args)
              .select((e: any) => e.fn.countAll().as("n"))
              .executeTakeFirstOrThrow()
          ).n,
        ),
      }),
      toOne: async (args) => {
        const query = matching(args)
          .select(selected("opportunity", "opportunity"))
          .select((e: any) => [nested(e, "account"), nested(e, "contact")]);
        const rows = opportunities(await latest(query).execute());
        for (const row of rows) {
          row["account"] = related(row["account"]);
          row["contact"] = row["contact"] && contact(related(row["contact"]));
        }
        return rows;
      },
      toMany: async (salesperson) => {
        const rows: Row[] = await db
          .selectFrom("account")
          .select(selected("account", "account"))
          .select((e: any) =>
            many(
              e
                .selectFrom("opportunity")
                .select(selected("opportunity", "opportunity"))
                .whereRef("opportunity.account", "=", "account.id")
                .orderBy("opportunity.id"),
            ).as("opportunities"),
          )
          .where("account.salesperson", "=", salesperson)
          .orderBy("account.id")
          .limit(50)
          .execute();
        for (const row of rows)
          row["opportunities"] = opportunities(
            lite ? JSON.parse(row["opportunities"]) : row["opportunities"].map(related),
          );
        return rows;
      },
      update: async (id, probability) =>
        opportunity(
          await db
            .updateTable("opportunity")
            .set((e: any) => ({ probability, updated_at: now(), updated_by: actorId, version: e("version", "+", 1) }))
            .where("id", "=", id)
            .returning(columns.opportunity.map((name) => `${name} as ${camel(name)}`))
            .executeTakeFirstOrThrow(),
        ),
      delete: (id) =>
        db.transaction().execute(async (tx: any) => {
          const key = lite ? "kith_row" : "id";
          const gone = await tx.deleteFrom("contact").where("id", "=", id).returning(key).executeTakeFirstOrThrow();
          await tx
            .deleteFrom(contactIndex)
            .where(lite ? "rowid" : "id", "=", gone[key])
            .execute();
        }),
      search: async (text) => {
        const index = sql.ref(contactIndex);
        const found = lite
          ? sql`(select rowid as key, instr(b, ${` ${text} `}) > 0 as points
              from ${index} where ${index} match ${`"${text}"*`})`
          : sql`(select id as key, (words @@ ${`'${text}'`}::tsquery)::int as points
              from ${index} where words @@ ${`'${text}':*`}::tsquery)`;
        const query = db
          .selectFrom(found.as("f"))
          .innerJoin("contact as c", lite ? "c.kith_row" : "c.id", "f.key")
          .select(selected("contact", "c"));
        return (await query.orderBy("f.points", "desc").orderBy("c.id").limit(20).execute()).map(contact);
      },
      byStage: async () =>
        sums(
          "stage",
          await db
            .selectFrom("opportunity")
            .select((e: any) => ["stage", e.fn.countAll().as("count"), e.fn.sum("amount").as("sum")])
            .groupBy("stage")
            .execute(),
        ),
      byMonth: async () =>
        sums(
          "closeDate",
          await db
            .selectFrom("opportunity")
            .select((e: any) => [
              (lite ? sql`substr(close_date, 1, 7)` : sql`to_char(close_date, 'YYYY-MM')`).as("closeDate"),
              e.fn.countAll().as("count"),
              e.fn.sum("amount").as("sum"),
            ])
            .groupBy(sql`1`)
            .execute(),
        ),
      createContacts: (values) =>
        db.transaction().execute(async (tx: any) => {
          const ids: string[] = [];
          for (const each of values) ids.push((await insertContact(each, tx))["id"]);
          return ids;
        }),
      close: () => db.destroy(),
    };
  },
};

async function open(context: OpenContext): Promise<any> {
  const { Kysely, PostgresDialect, SqliteDialect } = await context.load("kysely");
  if (context.db === "pg") return new Kysely({ dialect: new PostgresDialect({ pool: await openPool(context) }) });
  return new Kysely({ dialect: new SqliteDialect({ database: await openSqlite(context) }) });
}

/** A record that came as JSON: text in SQLite, and in PostgreSQL a value whose instants are in another form. */
function related(found: any): Row {
  if (typeof found === "string") return JSON.parse(found) as Row;
  found.createdAt = new Date(found.createdAt).toISOString();
  found.updatedAt = new Date(found.updatedAt).toISOString();
  return found;
}
