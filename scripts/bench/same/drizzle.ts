/** Drizzle, the way its guide writes queries; relations by its relational queries. Nothing is validated. */

import { fold } from "@kith/schema";
import { actorId, type ContenderModule, type ListArgs, type Row } from "../lib/contender.ts";
import { versionOf } from "../lib/load.ts";
import { camel } from "./aliased.ts";
import { sqliteTables } from "./drizzle-tables.ts";
import { columns, contactIndex, contactWords, decimal, newContact, newOpportunity } from "./records.ts";
import { openSqlite } from "./sqlite-file.ts";

export const contender: ContenderModule = {
  dbs: ["sqlite"],
  async open(context) {
    const { load } = context;
    const tables = await sqliteTables(load);
    const { account, contact, opportunity } = tables;
    const { and, asc, count, desc, eq, gt, sql, sum } = await load("drizzle-orm");
    const { drizzle } = await load("drizzle-orm/better-sqlite3");
    const { v7 } = await load("uuid");
    const db = drizzle(await openSqlite(context), { schema: tables });

    const index = sql.identifier(contactIndex);
    const now = () => new Date().toISOString();
    const fields = (entity: "contact" | "opportunity", table: any) =>
      Object.fromEntries(columns[entity].map((name) => [camel(name), table[camel(name)]]));
    const read = (entity: "contact" | "opportunity") =>
      Object.fromEntries(columns[entity].map((name) => [camel(name), true]));
    const matching = ({ stage, above }: ListArgs) => and(eq(opportunity.stage, stage), gt(opportunity.amount, above));
    const order = [desc(opportunity.closeDate), desc(opportunity.id)];
    const contactFields = fields("contact", contact);
    const opportunityFields = fields("opportunity", opportunity);
    const list = (args: ListArgs) =>
      db
        .select(opportunityFields)
        .from(opportunity)
        .where(matching(args))
        .orderBy(...order)
        .limit(50)
        .all();
    const create = (values: Row, tx: any) => {
      const row = newContact(v7(), now(), values);
      const { lastInsertRowid } = tx
        .insert(contact)
        .values({
          ...row,
          firstNameFold: fold(row["firstName"]),
          lastNameFold: fold(row["lastName"]),
          emailFold: fold(row["email"]),
          phoneFold: row["phone"] && fold(row["phone"]),
        })
        .run();
      tx.run(sql`insert into ${index} (rowid, b) values (${lastInsertRowid}, ${contactWords(row)})`);
      return row;
    };
    return {
      version: versionOf("drizzle-orm"),
      create: (values) => db.transaction((tx: any) => create(values, tx)),
      bulk: (values) => {
        const stamp = now();
        const rows = values.map((each) => newOpportunity(v7(), stamp, each));
        db.insert(opportunity)
          .values(rows.map((row) => ({ ...row, nameFold: fold(row["name"]) })))
          .run();
        return rows;
      },
      get: (id) => db.select(contactFields).from(contact).where(eq(contact.id, id)).get(),
      list,
      listCount: (args) => ({
        rows: list(args),
        total: db.select({ n: count() }).from(opportunity).where(matching(args)).get().n,
      }),
      toOne: (args) => {
        const rows = db.query.opportunity
          .findMany({
            columns: read("opportunity"),
            where: matching(args),
            orderBy: order,
            limit: 50,
            with: { accountRow: true, contactRow: { columns: read("contact") } },
          })
          .sync();
        for (const row of rows) {
          row.account = row.accountRow;
          row.contact = row.contactRow;
          row.accountRow = row.contactRow = undefined;
        }
        return rows;
      },
      toMany: (salesperson) =>
        db.query.account
          .findMany({
            where: eq(account.salesperson, salesperson),
            orderBy: asc(account.id),
            limit: 50,
            with: { opportunities: { columns: read("opportunity"), orderBy: asc(opportunity.id) } },
          })
          .sync(),
      update: (id, probability) =>
        db
          .update(opportunity)
          .set({ probability, updatedAt: now(), updatedBy: actorId, version: sql`${opportunity.version} + 1` })
          .where(eq(opportunity.id, id))
          .returning(opportunityFields)
          .get(),
      delete: (id) =>
        db.transaction((tx: any) => {
          const gone = tx.delete(contact).where(eq(contact.id, id)).returning({ key: contact.key }).get();
          return tx.run(sql`delete from ${index} where rowid = ${gone.key}`);
        }),
      search: (text) => {
        const found = sql`(select rowid as key, instr(b, ${` ${text} `}) > 0 as points
          from ${index} where ${index} match ${`"${text}"*`}) f`;
        return db
          .select(contactFields)
          .from(contact)
          .innerJoin(found, sql`f.key = ${contact.key}`)
          .orderBy(sql`f.points desc`, contact.id)
          .limit(20)
          .all();
      },
      byStage: () =>
        sums(
          "stage",
          db
            .select({ stage: opportunity.stage, count: count(), sum: sum(opportunity.amount) })
            .from(opportunity)
            .groupBy(opportunity.stage)
            .all(),
        ),
      byMonth: () => {
        const closeDate = sql`substr(${opportunity.closeDate}, 1, 7)`;
        return sums(
          "closeDate",
          db
            .select({ closeDate, count: count(), sum: sum(opportunity.amount) })
            .from(opportunity)
            .groupBy(sql`1`)
            .all(),
        );
      },
      createContacts: (values) => db.transaction((tx: any) => values.map((each) => create(each, tx)["id"])),
      close: () => db.$client.close(),
    };

    function sums(key: string, rows: any[]): Row[] {
      return rows.map((row) => ({ [key]: row[key], count: row.count, sum: decimal(Number(row.sum)) }));
    }
  },
};
