/** Hand-written SQL on pg: named statements, rows as arrays, records spelled out, one trip wherever one is enough. Nothing is validated. */

import { actorId, type Contender, type OpenContext, type Row } from "../lib/contender.ts";
import { versionOf } from "../lib/load.ts";
import { openPool } from "./pg-pool.ts";
import {
  cents,
  columns,
  contactIndex,
  contactLexemes,
  contactValues,
  decimal,
  foundInPg,
  listed,
  newContact,
  newOpportunity,
  opportunityValues,
  toAccount,
  toContact,
  toOpportunity,
  written,
} from "./records.ts";

/** The types of the columns of an opportunity, for lists of values. */
const opportunityTypes =
  "uuid bigint timestamptz text timestamptz text text text uuid uuid text bigint bigint date uuid".split(" ");

export async function openRawPg(context: OpenContext): Promise<Contender> {
  const pool = await openPool(context);
  const { v7 } = await context.load("uuid");
  let last = 0;
  const prepare = (text: string) => {
    const name = `raw${++last}`;
    return async (...values: unknown[]): Promise<any[]> =>
      (await pool.query({ name, text, values, rowMode: "array" })).rows;
  };
  const marks = (names: readonly string[]) => names.map((_, i) => `$${i + 1}`).join(", ");

  const matching = "from opportunity where stage = $1 and amount > $2";
  const words = written.contact.length + 1;
  const insertContact = prepare(
    `with made as (insert into contact (${listed(written.contact)}) values (${marks(written.contact)}))
     insert into ${contactIndex} (id, words) values ($1, $${words}::tsvector)`,
  );
  const insertOpportunities = prepare(
    `insert into opportunity (${listed(written.opportunity)})
     select * from unnest(${opportunityTypes.map((type, i) => `$${i + 1}::${type}[]`).join(", ")})`,
  );
  const contactById = prepare(`select ${listed(columns.contact)} from contact where id = $1`);
  const list = prepare(`select ${listed(columns.opportunity)} ${matching} order by close_date desc, id desc limit 50`);
  const count = prepare(`select count(*) ${matching}`);
  const joined = prepare(
    `select ${listed(columns.opportunity, "o")}, ${listed(columns.account, "a")}, ${listed(columns.contact, "c")}
     from opportunity o join account a on a.id = o.account left join contact c on c.id = o.contact
     where o.stage = $1 and o.amount > $2 order by o.close_date desc, o.id desc limit 50`,
  );
  const accounts = prepare(
    `select ${listed(columns.account)} from account where salesperson = $1 order by id limit 50`,
  );
  const children = prepare(
    `select ${listed(columns.opportunity)} from opportunity where account = any($1::uuid[]) order by id`,
  );
  const update = prepare(
    `update opportunity set probability = $1, updated_at = $2, updated_by = $3, version = version + 1 where id = $4
     returning ${listed(columns.opportunity)}`,
  );
  const remove = prepare(`with gone as (delete from contact where id = $1) delete from ${contactIndex} where id = $1`);
  const search = prepare(
    `select ${listed(columns.contact, "c")} from ${foundInPg("$1", "$2")} f join contact c on c.id = f.key
     order by f.points desc, c.id limit 20`,
  );
  const byStage = prepare("select stage, count(*), sum(amount) from opportunity group by stage");
  const byMonth = prepare("select to_char(close_date, 'YYYY-MM'), count(*), sum(amount) from opportunity group by 1");
  const now = () => new Date().toISOString();
  const accountAt = columns.opportunity.length;
  const contactAt = accountAt + columns.account.length;

  const create = async (values: Row) => {
    const row = newContact(v7(), now(), values);
    await insertContact(...contactValues(row), contactLexemes(row));
    return row;
  };
  const opportunities = async (args: { stage: string; above: string }) =>
    (await list(args.stage, cents(args.above))).map(toOpportunity);
  return {
    version: `pg ${versionOf("pg")}, PostgreSQL ${(await pool.query("show server_version")).rows[0].server_version}`,
    create,
    bulk: async (values) => {
      const stamp = now();
      const rows = values.map((one) => newOpportunity(v7(), stamp, one));
      const lists: unknown[][] = opportunityTypes.map(() => []);
      for (const row of rows) for (const [i, value] of opportunityValues(row).entries()) lists[i]?.push(value);
      await insertOpportunities(...lists);
      return rows;
    },
    get: async (id) => toContact((await contactById(id))[0]),
    list: opportunities,
    listCount: async (args) => ({
      rows: await opportunities(args),
      total: (await count(args.stage, cents(args.above)))[0][0],
    }),
    toOne: async ({ stage, above }) =>
      (await joined(stage, cents(above))).map((raw) => {
        const row = toOpportunity(raw);
        row["account"] = toAccount(raw, accountAt);
        row["contact"] = raw[contactAt] === null ? null : toContact(raw, contactAt);
        return row;
      }),
    toMany: async (salesperson) => {
      const rows = (await accounts(salesperson)).map((raw) => toAccount(raw));
      const byId = new Map<string, Row[]>();
      for (const row of rows) byId.set(row["id"], (row["opportunities"] = []));
      for (const raw of await children([...byId.keys()])) byId.get(raw[7])?.push(toOpportunity(raw));
      return rows;
    },
    update: async (id, probability) => toOpportunity((await update(probability, now(), actorId, id))[0]),
    delete: (id) => remove(id),
    search: async (text) => (await search(`'${text}':*`, `'${text}'`)).map((raw) => toContact(raw)),
    byStage: async () => (await byStage()).map(([stage, n, sum]) => ({ stage, count: n, sum: decimal(sum) })),
    byMonth: async () => (await byMonth()).map(([closeDate, n, sum]) => ({ closeDate, count: n, sum: decimal(sum) })),
    createContacts: async (values) => {
      const ids: string[] = [];
      for (const one of values) ids.push((await create(one))["id"]);
      return ids;
    },
    close: () => pool.end(),
  };
}
