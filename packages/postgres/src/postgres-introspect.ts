/** Which tables there are in a schema, and what they are made of, as the system's catalogues say. */

import { type DbTable, type SqlSession, Statement } from "@kith/sql";

/** One row for each table, everything about it as JSON: one trip, whatever the number of tables. */
const query = `
select c.relname,
  (select coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
      'default', pg_get_expr(d.adbin, d.adrelid), 'collation', l.collname) order by a.attnum), '[]')
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum left join pg_collation l on l.oid = a.attcollation
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
  (select coalesce(json_agg(json_build_object('name', k.conname, 'type', k.contype, 'valid', k.convalidated, 'onDelete', k.confdeltype,
      'text', coalesce(obj_description(k.oid, 'pg_constraint'), pg_get_constraintdef(k.oid)), 'table', f.relname,
      'columns', (select json_agg(a.attname order by u.n) from unnest(k.conkey) with ordinality u(num, n)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.num),
      'to', (select json_agg(a.attname order by u.n) from unnest(k.confkey) with ordinality u(num, n)
        join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.num)) order by k.conname), '[]')
    from pg_constraint k left join pg_class f on f.oid = k.confrelid where k.conrelid = c.oid),
  (select coalesce(json_agg(json_build_object('name', x.relname, 'unique', i.indisunique, 'valid', i.indisvalid and i.indisready,
      'special', i.indpred is not null or i.indexprs is not null or m.amname <> 'btree' or i.indnatts <> i.indnkeyatts,
      'sql', pg_get_indexdef(i.indexrelid),
      'columns', (select json_agg(json_build_object('name', a.attname, 'option', i.indoption[u.n - 1],
          'same', i.indcollation[u.n - 1] = a.attcollation) order by u.n)
        from unnest(i.indkey::int2[]) with ordinality u(num, n) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.num)) order by x.relname), '[]')
    from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
    where i.indrelid = c.oid and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))),
  (select coalesce(json_agg(json_build_object('name', t.tgname, 'sql', pg_get_triggerdef(t.oid)) order by t.tgname), '[]')
    from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal)
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind in ('r', 'p') order by c.relname`;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | null;
  readonly collation: string | null;
}

interface Constraint {
  readonly name: string;
  readonly type: string;
  readonly valid: boolean;
  readonly onDelete: string;
  readonly text: string;
  readonly table: string | null;
  readonly columns: readonly string[] | null;
  readonly to: readonly string[] | null;
}

interface Index {
  readonly name: string;
  readonly unique: boolean;
  readonly valid: boolean;
  readonly special: boolean;
  readonly sql: string;
  readonly columns: readonly { readonly name: string; readonly option: number; readonly same: boolean }[] | null;
}

/** Reads a schema. */
export async function introspect(session: SqlSession, schema: string): Promise<DbTable[]> {
  const rows = (await session.all(new Statement(query), [schema])) as string[][];
  return rows.map(([name, columns, constraints, indexes, triggers]) =>
    tableOf(name as string, read(columns), read(constraints), read(indexes), read(triggers)),
  );
}

const read = <T>(text: string | undefined) => JSON.parse(text as string) as T;

function tableOf(
  name: string,
  columns: readonly Column[],
  constraints: readonly Constraint[],
  indexes: readonly Index[],
  triggers: DbTable["triggers"],
): DbTable {
  const of = (type: string) => constraints.filter((one) => one.type === type);
  return {
    name,
    columns: columns.map(columnOf),
    key: of("p").flatMap((one) => one.columns ?? []),
    uniques: of("u").map((one) => one.columns ?? []),
    references: of("f").map((one) => ({
      name: one.name,
      // A key of several columns is nothing that Kith makes, and goes by their names together.
      column: (one.columns ?? []).join(", "),
      table: one.table ?? "",
      to: (one.to ?? []).join(", "),
      onDelete: actions[one.onDelete] ?? one.onDelete,
      valid: one.valid,
    })),
    indexes: indexes.map(indexOf),
    checks: of("c").map((one) => ({ name: one.name, sql: one.text, valid: one.valid })),
    triggers,
  };
}

const actions: Readonly<Record<string, string>> = {
  a: "no action",
  r: "restrict",
  c: "cascade",
  n: "set null",
  d: "set default",
};

/** Types under the short names that columns are made with. */
function columnOf({ name, type, notNull, default: fallback, collation }: Column): DbTable["columns"][number] {
  const short = type
    .replace(/^timestamp(\(\d\))? with time zone$/, "timestamptz$1")
    .replace(/^time(\(\d\))? without time zone$/, "time$1");
  const own = short === "text" && collation !== "default";
  return {
    name,
    type: own ? 'text collate "C"' : short,
    notNull,
    ...(fallback === null ? {} : { default: fallback }),
    ...(own && collation !== "C" && collation !== null ? { collation } : {}),
  };
}

function indexOf({ name, unique, valid, special, sql, columns }: Index): DbTable["indexes"][number] {
  const all = columns ?? [];
  return {
    name,
    columns: all.map((one) => one.name),
    unique,
    valid,
    // Bit 1: descending. Bit 2: nulls first.
    special: special || all.some(({ option, same }) => (option & 1) === 1 || !same),
    nullsFirst: all.filter(({ option }) => (option & 2) === 2).map((one) => one.name),
    sql,
  };
}
