/** What a SQLite database is made of, as its own pragmas and the statements that it keeps say. */

import {
  type DbCheck,
  type DbColumn,
  type DbIndex,
  type DbReference,
  type DbTable,
  type SqlSession,
  Statement,
} from "@kith/sql";

const tables = `select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'`;
const columns = `select m.name, x.name, x.type, x."notnull", x.dflt_value, x.pk from sqlite_schema m, pragma_table_xinfo(m.name) x
  where m.type = 'table' order by m.name, x.cid`;
const references = `select m.name, f."from", f."table", f."to", f.on_delete from sqlite_schema m, pragma_foreign_key_list(m.name) f
  where m.type = 'table' order by m.name, f.id desc`;
const indexes = `select m.name, i.name, i."unique", i.partial, x.name, x."desc", x.coll, x.key, s.sql
  from sqlite_schema m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) x, sqlite_schema s
  where m.type = 'table' and i.origin = 'c' and s.type = 'index' and s.name = i.name order by i.name, x.seqno`;
const uniques = `select m.name, i.name, x.name from sqlite_schema m, pragma_index_list(m.name) i, pragma_index_info(i.name) x
  where m.type = 'table' and i.origin = 'u' order by i.name, x.seqno`;
const triggers = `select tbl_name, name, sql from sqlite_schema where type = 'trigger' order by name`;

/** Reads the database. */
export function introspect(session: SqlSession): DbTable[] {
  const all = (query: string) => session.all(new Statement(query), []) as unknown[][];
  const columnsOf = grouped(all(columns));
  const referencesOf = grouped(all(references));
  const indexesOf = grouped(all(indexes));
  const uniquesOf = grouped(all(uniques));
  const triggersOf = grouped(all(triggers));
  return all(tables).map(([name, definition]) => {
    const text = String(definition);
    const own = columnsOf.get(name) ?? [];
    return {
      name: String(name),
      columns: own.map((row) => column(row, text)),
      key: own.filter(([, , , , , place]) => Number(place) > 0).map(([, one]) => String(one)),
      uniques: [...Map.groupBy(uniquesOf.get(name) ?? [], ([, index]) => index).values()].map((rows) =>
        rows.map(([, , one]) => String(one)),
      ),
      references: (referencesOf.get(name) ?? []).map(reference),
      indexes: indexList(indexesOf.get(name) ?? []),
      checks: checksIn(text),
      triggers: (triggersOf.get(name) ?? []).map(([, trigger, sql]) => ({ name: String(trigger), sql: String(sql) })),
    };
  });
}

function grouped(rows: readonly unknown[][]): Map<unknown, unknown[][]> {
  const groups = new Map<unknown, unknown[][]>();
  for (const row of rows) {
    const group = groups.get(row[0]);
    if (group) group.push(row);
    else groups.set(row[0], [row]);
  }
  return groups;
}

function column([, name, type, notNull, fallback]: readonly unknown[], definition: string): DbColumn {
  const collation = collationOf(String(name), definition);
  return {
    name: String(name),
    type: String(type).toLowerCase(),
    notNull: notNull === 1,
    ...(fallback === null ? {} : { default: String(fallback) }),
    ...(collation === undefined ? {} : { collation }),
  };
}

/** The collation that stands behind a column's name in the table's definition; the pragmas do not tell. */
function collationOf(name: string, definition: string): string | undefined {
  const quoted = `"${name.replaceAll('"', '""')}"`;
  const from = definition.indexOf(`${quoted} `);
  if (from < 0) return undefined;
  const rest = definition.slice(from + quoted.length);
  const found = /^[^,()]*?\bcollate\s+("?)(\w+)\1/i.exec(rest)?.[2]?.toLowerCase();
  return found === "binary" ? undefined : found;
}

function reference([, from, table, to, onDelete]: readonly unknown[]): DbReference {
  return {
    column: String(from),
    table: String(table),
    to: to === null ? "id" : String(to),
    onDelete: String(onDelete).toLowerCase(),
    valid: true,
  };
}

function indexList(rows: readonly unknown[][]): DbIndex[] {
  const found = new Map<string, { columns: string[]; unique: boolean; special: boolean; sql: string }>();
  for (const [, index, unique, partial, name, desc, collation, key, sql] of rows) {
    let one = found.get(String(index));
    if (!one)
      found.set(String(index), (one = { columns: [], unique: unique === 1, special: partial === 1, sql: String(sql) }));
    if (key !== 1) continue;
    one.columns.push(name === null ? "" : String(name));
    if (name === null || desc === 1 || String(collation).toUpperCase() !== "BINARY") one.special = true;
  }
  return [...found].map(([name, one]) => ({ name, valid: true, ...one }));
}

/** The named checks of a table's definition, with what stands in their parentheses. */
function checksIn(definition: string): DbCheck[] {
  return [...definition.matchAll(/\bconstraint\s+"((?:[^"]|"")+)"\s+check\s*\(/gi)].map((match) => {
    const from = match.index + match[0].length;
    return {
      name: (match[1] as string).replaceAll('""', '"'),
      sql: definition.slice(from, closing(definition, from)),
      valid: true,
    };
  });
}

/** Where the parenthesis that was opened before `from` is closed; text in quotes is no matter. */
function closing(text: string, from: number): number {
  let depth = 1;
  let quote: string | undefined;
  for (let i = from; i < text.length; i++) {
    const character = text[i] as string;
    if (quote !== undefined) {
      if (character === quote) quote = undefined;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return i;
  }
  return text.length;
}
