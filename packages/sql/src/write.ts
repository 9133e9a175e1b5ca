/** Writing: one prepared statement per entity for inserts and deletes, one per set of fields for updates. */

import {
  Cache,
  type DeleteWrite,
  type EntityModel,
  type FieldModel,
  type InsertWrite,
  type MaybePromise,
  type Model,
  type StoredRow as Row,
  type UpdateWrite,
  type Write,
  type WriteBatch,
  type WriteResult,
} from "@kith/core";
import { sql } from "kysely";
import { type BoundField, type RecordBinder, recordBinder } from "./bindings.ts";
import { columnsOf, fieldReader, valueColumns } from "./columns.ts";
import { explainFailure, type FailedWrite } from "./constraint.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { type SqlSession, Statement } from "./driver.ts";
import { chain, inTurn, rescue } from "./maybe.ts";
import { sequenceTable } from "./names.ts";
import { type RowMapper, rowMapper } from "./rows.ts";
import { SearchUpkeep } from "./search.ts";

interface Insert {
  readonly statement: Statement;
  readonly bind: RecordBinder;
  readonly upkeep: SearchUpkeep | undefined;
}

interface Update {
  readonly statement: Statement;
  /** Binds the values set, and the stamps; the places behind them are still to be filled. */
  readonly bind: RecordBinder;
  /** Where the bindings stand that the condition repeats: the values set, without their shadows. */
  readonly compared: readonly number[];
  /** Where the id's binding stands. */
  readonly id: number;
  /** There when what is set is indexed; the row's key is then the last column of what comes back. */
  readonly upkeep: SearchUpkeep | undefined;
}

interface Delete {
  readonly statement: Statement;
  /** There when the entity is indexed; the statement then gives the row's key. */
  readonly upkeep: SearchUpkeep | undefined;
}

const mostUpdateShapes = 500;

/** Compiles and runs writes. One per connection; its statements are made when first needed. */
export class Writer {
  readonly #context: SqlContext;
  readonly #model: Model;
  readonly #inserts = new Map<EntityModel, Insert>();
  readonly #updates = new Map<EntityModel, Cache<Update>>();
  readonly #deletes = new Map<string, Delete>();
  readonly #upkeeps = new Map<EntityModel, SearchUpkeep>();
  readonly #mappers = new Map<EntityModel, { columns: readonly Sql[]; map: RowMapper }>();
  #sequence: Statement | undefined;

  constructor(context: SqlContext, model: Model) {
    this.#context = context;
    this.#model = model;
  }

  /** Whether a batch is one statement, which is a transaction by itself. */
  isSingle(batch: WriteBatch): boolean {
    const [first] = batch;
    if (batch.length !== 1 || first === undefined || (first.type === "insert" && first.rows.length !== 1)) return false;
    const upkeep = this.#upkeepOf(first.entity);
    return upkeep === undefined || (first.type === "update" && !upkeep.concerns(first.set));
  }

  /** Writes a batch, in order. The caller sees to the transaction. */
  write(session: SqlSession, batch: WriteBatch): MaybePromise<WriteResult[]> {
    return inTurn(batch, (write) => this.#one(session, write));
  }

  /** The next number of a counter. */
  nextNumber(session: SqlSession, name: string): MaybePromise<number> {
    this.#sequence ??= this.#compileSequence();
    return chain(session.all(this.#sequence, [name]), (rows) => Number((rows[0] as unknown[])[0]));
  }

  #one(session: SqlSession, write: Write): MaybePromise<WriteResult> {
    switch (write.type) {
      case "insert":
        return this.#insert(session, write);
      case "update":
        return this.#update(session, write);
      case "delete":
        return this.#delete(session, write);
    }
  }

  #insert(session: SqlSession, { entity, rows }: InsertWrite): MaybePromise<undefined> {
    let insert = this.#inserts.get(entity);
    if (!insert) this.#inserts.set(entity, (insert = this.#compileInsert(entity)));
    const { statement, bind, upkeep } = insert;
    const one = (row: Row): MaybePromise<unknown> =>
      rescue(
        () => {
          const done = session.run(statement, bind(row, row));
          return upkeep ? chain(done, () => upkeep.insert(session, row)) : done;
        },
        (error) => this.#explain(session, error, { type: "insert", entity, values: row, id: row["id"] as string }),
      );
    return chain(inTurn(rows, one), () => undefined);
  }

  #update(session: SqlSession, write: UpdateWrite): MaybePromise<Row | null> {
    const { entity, id, set, stamps, ifVersion } = write;
    let updates = this.#updates.get(entity);
    if (!updates) this.#updates.set(entity, (updates = new Cache<Update>(mostUpdateShapes)));
    const key = `${Object.keys(set).join()};${Object.keys(stamps).join()};${ifVersion === undefined ? "" : "v"}`;
    let update = updates.get(key);
    if (!update) updates.set(key, (update = this.#compileUpdate(write)));
    const values = update.bind(set, stamps);
    let at = update.id;
    values[at++] = id;
    if (ifVersion !== undefined) values[at++] = ifVersion;
    for (const compared of update.compared) values[at++] = values[compared];
    const { map } = this.#mapperOf(entity);
    const { statement, upkeep } = update;
    return rescue(
      () =>
        chain(session.all(statement, values), ([raw]) => {
          if (raw === undefined) return null;
          const row = map(raw);
          return upkeep ? chain(upkeep.update(session, row, raw[raw.length - 1]), () => row) : row;
        }),
      (error) => this.#explain(session, error, { type: "update", entity, values: set, id }),
    );
  }

  #delete(session: SqlSession, { entity, id, ifVersion }: DeleteWrite): MaybePromise<boolean> {
    const key = `${entity.name}${ifVersion === undefined ? "" : ";v"}`;
    let compiled = this.#deletes.get(key);
    if (!compiled) this.#deletes.set(key, (compiled = this.#compileDelete(entity, ifVersion !== undefined)));
    const { statement, upkeep } = compiled;
    const values = ifVersion === undefined ? [id] : [id, ifVersion];
    return rescue(
      () => {
        if (!upkeep) return chain(session.run(statement, values), (count) => count > 0);
        return chain(session.all(statement, values), ([raw]) =>
          raw === undefined ? false : chain(upkeep.remove(session, raw[0]), () => true),
        );
      },
      (error) => this.#explain(session, error, { type: "delete", entity, values: {}, id }),
    );
  }

  #explain(session: SqlSession, error: unknown, write: FailedWrite): MaybePromise<never> {
    return explainFailure({ context: this.#context, model: this.#model, session }, error, write);
  }

  #compileInsert(entity: EntityModel): Insert {
    const { db, dialect, generate, table } = this.#context;
    const names: Sql[] = [];
    const fields: BoundField[] = [];
    for (const field of entity.stored) {
      fields.push({ field, at: names.length, from: "first" });
      for (const column of columnsOf(field)) names.push(sql.ref(column.name));
    }
    const marks = names.map((_, i) => sql`${i}`);
    const compiled =
      sql`insert into ${sql.table(table(entity))} (${sql.join(names)}) values (${sql.join(marks)})`.compile(db);
    const bind = recordBinder(dialect, fields, names.length, generate);
    return { statement: new Statement(compiled.sql), bind, upkeep: this.#upkeepOf(entity) };
  }

  #compileUpdate({ entity, set, stamps, ifVersion }: UpdateWrite): Update {
    const { db, dialect, generate, table } = this.#context;
    const assignments: Sql[] = [];
    const fields: BoundField[] = [];
    const compared: number[] = [];
    const changes: Sql[] = [];
    // The values only matter as places here: bindings are filled in by position.
    const place = () => sql`${0}`;
    for (const name of [...Object.keys(set), ...Object.keys(stamps)]) {
      const field = entity.byName.get(name);
      if (!field) throw new TypeError(`Entity '${entity.name}' has no field '${name}'.`);
      fields.push({ field, at: assignments.length, from: name in set ? "first" : "second" });
      for (const column of columnsOf(field)) {
        const at = assignments.push(sql`${sql.ref(column.name)} = ${place()}`) - 1;
        if (column.shadow || !(name in set)) continue;
        compared.push(at);
        changes.push(dialect.differs(sql.ref(column.name), place()));
      }
    }
    const version = versionOf(entity);
    const conditions = [sql`${sql.ref("id")} = ${place()}`];
    if (ifVersion !== undefined) conditions.push(sql`${version} = ${place()}`);
    const bound = assignments.length;
    const found = this.#upkeepOf(entity);
    const upkeep = found?.concerns(set) ? found : undefined;
    const { columns } = this.#mapperOf(entity);
    const given = upkeep ? [...columns, sql.ref(dialect.search.key)] : columns;
    const compiled =
      sql`update ${sql.table(table(entity))} set ${sql.join([...assignments, sql`${version} = ${version} + 1`])}
      where ${sql.join(conditions, sql` and `)} and (${sql.join(changes, sql` or `)}) returning ${sql.join(given)}`.compile(
        db,
      );
    return {
      statement: new Statement(compiled.sql),
      bind: recordBinder(dialect, fields, bound + conditions.length + compared.length, generate),
      compared,
      id: bound,
      upkeep,
    };
  }

  #compileDelete(entity: EntityModel, versioned: boolean): Delete {
    const { db, dialect, table } = this.#context;
    const upkeep = this.#upkeepOf(entity);
    const version = versionOf(entity);
    const also = versioned ? sql` and ${version} = ${0}` : sql``;
    const given = upkeep ? sql` returning ${sql.ref(dialect.search.key)}` : sql``;
    const compiled = sql`delete from ${sql.table(table(entity))} where ${sql.ref("id")} = ${0}${also}${given}`.compile(
      db,
    );
    return { statement: new Statement(compiled.sql), upkeep };
  }

  #compileSequence(): Statement {
    const { db, own } = this.#context;
    const table = sql.table(own(sequenceTable));
    return new Statement(
      sql`insert into ${table} ("name", "value") values (${0}, 1)
        on conflict ("name") do update set "value" = ${table}."value" + 1 returning "value"`.compile(db).sql,
    );
  }

  #upkeepOf(entity: EntityModel): SearchUpkeep | undefined {
    let upkeep = this.#upkeeps.get(entity);
    if (!upkeep && entity.search) {
      upkeep = new SearchUpkeep(this.#context, entity, entity.search);
      this.#upkeeps.set(entity, upkeep);
    }
    return upkeep;
  }

  /** The columns of a whole record, and the mapper for them. */
  #mapperOf(entity: EntityModel) {
    let mapper = this.#mappers.get(entity);
    if (!mapper) {
      const { dialect, generate } = this.#context;
      const columns: Sql[] = [];
      const slots = entity.stored.map((field: FieldModel) => {
        const at = valueColumns(field).map((column) => {
          const { select } = dialect.columns[column.type];
          const name: Sql = sql.ref(column.name);
          return columns.push(select ? select(name) : name) - 1;
        });
        return { kind: "field" as const, name: field.name, reader: fieldReader(dialect, field, at) };
      });
      mapper = { columns, map: rowMapper(slots, generate) };
      this.#mappers.set(entity, mapper);
    }
    return mapper;
  }
}

function versionOf(entity: EntityModel): Sql {
  const [column] = entity.byName.get("version")?.columns ?? [];
  if (!column) throw new TypeError(`Entity '${entity.name}' has no version.`);
  return sql.ref(column.name);
}
