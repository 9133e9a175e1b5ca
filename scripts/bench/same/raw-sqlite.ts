/** Hand-written SQL on better-sqlite3: every statement prepared once, rows as arrays, records spelled out. Nothing is validated. */

import { actorId, type Contender, type OpenContext, type Row } from "../lib/contender.ts";
import {
  cents,
  columns,
  contactIndex,
  contactValues,
  contactWords,
  decimal,
  listed,
  newContact,
  newOpportunity,
  opportunityValues,
  searchSql,
  toAccount,
  toContact,
  toOpportunity,
  written,
} from "./records.ts";
import { openSqlite } from "./sqlite-file.ts";

export async function openRawSqlite(context: OpenContext): Promise<Contender> {
  const db = await openSqlite(context);
  const { v7 } = await context.load("uuid");
  const prepare = (sql: string) => db.prepare(sql);
  const marks = (names: readonly string[]) => names.map(() => "?").join(", ");
  const insertInto = (table: keyof typeof written) =>
    prepare(`insert into ${table} (${listed(written[table])}) values (${marks(written[table])})`);

  const matching = "from opportunity where stage = ? and amount > ?";
  const latest = "order by close_date desc, id desc limit 50";
  const insertContact = insertInto("contact");
  const insertOpportunity = insertInto("opportunity");
  const contactById = prepare(`select ${listed(columns.contact)} from contact where id = ?`).raw();
  const list = prepare(`select ${listed(columns.opportunity)} ${matching} ${latest}`).raw();
  const count = prepare(`select count(*) ${matching}`).pluck();
  const joined = prepare(
    `select ${listed(columns.opportunity, "o")}, ${listed(columns.account, "a")}, ${listed(columns.contact, "c")}
     from opportunity o join account a on a.id = o.account left join contact c on c.id = o.contact
     where o.stage = ? and o.amount > ? order by o.close_date desc, o.id desc limit 50`,
  ).raw();
  const accounts = prepare(
    `select ${listed(columns.account)} from account where salesperson = ? order by id limit 50`,
  ).raw();
  const children = prepare(
    `select ${listed(columns.opportunity)} from opportunity where account in (select value from json_each(?)) order by account, id`,
  ).raw();
  const update = prepare(
    `update opportunity set probability = ?, updated_at = ?, updated_by = ?, version = version + 1 where id = ?
     returning ${listed(columns.opportunity)}`,
  ).raw();
  const remove = prepare("delete from contact where id = ? returning kith_row").pluck();
  const indexContact = prepare(`insert into ${contactIndex} (rowid, b) values (?, ?)`);
  const unindex = prepare(`delete from ${contactIndex} where rowid = ?`);
  const search = prepare(searchSql("?", "?", listed(columns.contact, "c"))).raw();
  const byStage = prepare("select stage, count(*), sum(amount) from opportunity group by stage").raw();
  const byMonth = prepare("select substr(close_date, 1, 7), count(*), sum(amount) from opportunity group by 1").raw();
  const [begin, commit, rollback] = ["begin immediate", "commit", "rollback"].map(prepare) as [any, any, any];
  const now = () => new Date().toISOString();
  const at = contactOffset();

  const opportunities = (rows: any[]): Row[] => {
    for (let i = 0; i < rows.length; i++) rows[i] = toOpportunity(rows[i]);
    return rows;
  };
  const all = <T>(work: () => T): T => {
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      rollback.run();
      throw error;
    }
  };
  const create = (values: Row) => {
    const row = newContact(v7(), now(), values);
    const { lastInsertRowid } = insertContact.run(...contactValues(row));
    indexContact.run(lastInsertRowid, contactWords(row));
    return row;
  };
  return {
    version: `better-sqlite3, SQLite ${db.prepare("select sqlite_version()").pluck().get()}`,
    create: (values) => all(() => create(values)),
    bulk: (values) =>
      all(() => {
        const stamp = now();
        return values.map((one) => {
          const row = newOpportunity(v7(), stamp, one);
          insertOpportunity.run(...opportunityValues(row));
          return row;
        });
      }),
    get: (id) => toContact(contactById.get(id)),
    list: ({ stage, above }) => opportunities(list.all(stage, cents(above))),
    listCount: ({ stage, above }) => ({
      rows: opportunities(list.all(stage, cents(above))),
      total: count.get(stage, cents(above)),
    }),
    toOne: ({ stage, above }) => {
      const rows = joined.all(stage, cents(above));
      for (let i = 0; i < rows.length; i++) {
        const raw = rows[i];
        const row = toOpportunity(raw);
        row["account"] = toAccount(raw, at.account);
        row["contact"] = raw[at.contact] === null ? null : toContact(raw, at.contact);
        rows[i] = row;
      }
      return rows;
    },
    toMany: (salesperson) => {
      const rows = accounts.all(salesperson);
      const byId = new Map<string, Row[]>();
      const ids: string[] = [];
      for (let i = 0; i < rows.length; i++) {
        const row = toAccount(rows[i]);
        row["opportunities"] = [];
        byId.set(row["id"], row["opportunities"]);
        ids.push(row["id"]);
        rows[i] = row;
      }
      for (const raw of children.all(JSON.stringify(ids))) byId.get(raw[7])?.push(toOpportunity(raw));
      return rows;
    },
    update: (id, probability) => toOpportunity(update.get(probability, now(), actorId, id)),
    delete: (id) => all(() => unindex.run(remove.get(id))),
    search: (text) => search.all(` ${text} `, `"${text}"*`).map((raw: any) => toContact(raw)),
    byStage: () => byStage.all().map(([stage, n, sum]: any) => ({ stage, count: n, sum: decimal(sum) })),
    byMonth: () => byMonth.all().map(([closeDate, n, sum]: any) => ({ closeDate, count: n, sum: decimal(sum) })),
    createContacts: (values) => all(() => values.map((one) => create(one)["id"])),
    close: () => db.close(),
  };
}

/** Where the joined records begin in a row. */
function contactOffset() {
  const account = columns.opportunity.length;
  return { account, contact: account + columns.account.length };
}
