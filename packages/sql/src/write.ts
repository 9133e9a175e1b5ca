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
import type { ColumnType } from "@kith/schema";
import { sql } from "kysely";
import { type BoundField, type RecordBinder, recordBinder } from "./bindings.ts";
import { columnsOf, fieldReader, valueColumns, versionColumn } from "./columns.ts";
import { explainFailure, type FailedWrite, failureOf } from "./constraint.ts";
import type { SqlContext } from "./context.ts";
import type { Sql } from "./dialect.ts";
import { type SqlSession, Statement, type Step, type StepResult } from "./driver.ts";
import { chain, inTurn, rescue } from "./maybe.ts";
import { sequenceTable } from "./names.ts";
import { compileRemoval, type Removal } from "./removal.ts";
import { type RowMapper, rowMapper } from "./rows.ts";
import { SearchUpkeep } from "./search.ts";

interface Insert {
  readonly statement: Statement;
  readonly bind: RecordBinder;
  readonly width: number;
  /** Inserts the rows of one list for each column. */
  readonly many: Statement | undefined;
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
  readonly read: Work["read"];
  /** There when the same statement indexes the row anew: bindings behind all others. */
  readonly words: ((set: Row) => unknown[]) | undefined;
  /** There when what is set is indexed by a statement of its own; the row's key is then the last column of what comes back. */
  readonly follow: Work["follow"];
}

/** A write, ready to run. */
interface Work extends Step {
  /** Its statement gives rows. */
  readonly returns: boolean;
  readonly read: (rows: unknown[][], count: number) => WriteResult;
  readonly failed: FailedWrite;
  /** Runs after it, whatever it gives. */
  readonly also: Step | undefined;
  /** What has to be done for the row that it gave. */
  readonly follow:
    | ((session: SqlSession, raw: readonly unknown[], row: WriteResult) => MaybePromise<unknown>)
    | undefined;
}

const nothing = () => undefined;
const some = (_: unknown, count: number) => count > 0;

/** Whether a row names one of the rows behind it, which is not there yet when rows are written in order. */
function refersAhead(entity: EntityModel, rows: readonly Row[]): boolean {
  const own = entity.stored.filter((field) => field.relation?.type === "one" && field.relation.target === entity);
  if (own.length === 0) return false;
  const place = new Map(rows.map((row, i) => [row["id"], i]));
  return rows.some((row, i) => own.some((field) => (place.get(row[field.name]) ?? -1) > i));
}

const mostUpdateShapes = 500;

/** Compiles and runs writes. One per connection; its statements are made when first needed. */
export class Writer {
  readonly #context: SqlContext;
  readonly #model: Model;
  readonly #inserts = new Map<EntityModel, Insert>();
  readonly #updates = new Map<EntityModel, Cache<Update>>();
  readonly #deletes = new Map<string, Removal>();
  readonly #upkeeps = new Map<EntityModel, SearchUpkeep>();
  readonly #mappers = new Map<EntityModel, { columns: readonly Sql[]; map: RowMapper }>();
  #sequence: Statement | undefined;

  constructor(context: SqlContext, model: Model) {
    this.#context = context;
    this.#model = model;
  }

  /** Whether a batch is one statement, which is a transaction by itself; or several whose database takes them `together`, in one trip. */
  isSingle(batch: WriteBatch, together = false): boolean {
    if (!together) return batch.length === 1 && batch.every((write) => this.#steps(write) === "one");
    return batch.every((write) => {
      const steps = this.#steps(write);
      return steps === "one" || (batch.length === 1 && steps === "list");
    });
  }

  /** How many statements a write takes: one, a list that can go as one, or several of which the later need the first. */
  #steps(write: Write): "one" | "list" | "several" {
    const upkeep = this.#upkeepOf(write.entity);
    if (upkeep && !upkeep.along && (write.type !== "update" || upkeep.concerns(write.set))) return "several";
    return write.type === "insert" && write.rows.length !== 1 ? "list" : "one";
  }

  /** Writes a batch, in order. The caller sees to the transaction. */
  write(session: SqlSession, batch: WriteBatch): MaybePromise<WriteResult[]> {
    if (batch.length > 1 && session.many && batch.every((write) => this.#steps(write) === "one")) {
      const works = batch.map((write) => this.#work(write));
      return this.#together(session, works).then((found) =>
        found.map((result, i) => (works[i] as Work).read(result.rows, result.count)),
      );
    }
    return inTurn(batch, (write) =>
      write.type === "insert" && write.rows.length !== 1
        ? this.#insertAll(session, write)
        : this.#one(session, this.#work(write)),
    );
  }

  /** The next number of a counter. */
  nextNumber(session: SqlSession, name: string): MaybePromise<number> {
    this.#sequence ??= this.#compileSequence();
    return chain(session.all(this.#sequence, [name]), (rows) => Number((rows[0] as unknown[])[0]));
  }

  #one(session: SqlSession, work: Work): MaybePromise<WriteResult> {
    const { statement, values, returns, read, failed, also, follow } = work;
    return rescue(
      () => {
        if (returns) {
          return chain(session.all(statement, values), (rows) => {
            const result = read(rows, rows.length);
            const [raw] = rows;
            return raw && follow ? chain(follow(session, raw, result), () => result) : result;
          });
        }
        return chain(session.run(statement, values), (count) => {
          const result = read([], count);
          return also ? chain(session.run(also.statement, also.values), () => result) : result;
        });
      },
      (error) => this.#explain(session, error, failed),
    );
  }

  #together(session: SqlSession, works: readonly Work[]): Promise<StepResult[]> {
    const scope = { context: this.#context, model: this.#model, session };
    return (session.many as NonNullable<SqlSession["many"]>)(works, (error, i) =>
      failureOf(scope, error, (works[i] as Work).failed),
    );
  }

  #work(write: Write): Work {
    if (write.type === "insert") return this.#insert(write.entity, write.rows[0] as Row);
    return write.type === "update" ? this.#update(write) : this.#delete(write);
  }

  #insert(entity: EntityModel, row: Row): Work {
    const { statement, bind, upkeep } = this.#insertOf(entity);
    const bound = bind(row, row);
    const values = upkeep?.along ? [row["id"], ...upkeep.words(row), ...bound] : bound;
    const also = upkeep?.along ? undefined : upkeep?.inserted(row);
    const failed = { type: "insert", entity, values: row, id: row["id"] as string } as const;
    return { statement, values, returns: false, read: nothing, failed, also, follow: undefined };
  }

  /** Many rows: in one statement where the database is faster so, and one by one when that fails, to learn which row it was. */
  #insertAll(session: SqlSession, { entity, rows }: InsertWrite): MaybePromise<undefined> {
    const { dialect } = this.#context;
    if (rows.length === 0) return undefined;
    const each = (): MaybePromise<unknown> => {
      if (session.many)
        return this.#together(
          session,
          rows.map((row) => this.#insert(entity, row)),
        );
      return inTurn(rows, (row) => this.#one(session, this.#insert(entity, row)));
    };
    const { bind, width, many, upkeep } = this.#insertOf(entity);
    if (!many || !session.attempt || refersAhead(entity, rows)) return chain(each(), nothing);
    const lists = Array.from({ length: width }, () => new Array<unknown>(rows.length));
    for (let r = 0; r < rows.length; r++) {
      const values = bind(rows[r] as Row, rows[r] as Row);
      for (let i = 0; i < width; i++) (lists[i] as unknown[])[r] = values[i];
    }
    const bound = upkeep ? [...upkeep.lists(rows), ...lists] : lists;
    const written = session.attempt((inner) => inner.run(many, bound));
    return chain(
      rescue<unknown>(
        () => written,
        (error) => {
          if (!dialect.constraint(error)) throw error;
          return each();
        },
      ),
      nothing,
    );
  }

  #update(write: UpdateWrite): Work {
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
    if (update.words) values.push(...update.words(set));
    return {
      statement: update.statement,
      values,
      returns: true,
      read: update.read,
      failed: { type: "update", entity, values: set, id },
      also: undefined,
      follow: update.follow,
    };
  }

  #delete({ entity, id, ifVersion }: DeleteWrite): Work {
    const key = `${entity.name}${ifVersion === undefined ? "" : ";v"}`;
    let removal = this.#deletes.get(key);
    if (!removal) {
      removal = compileRemoval(this.#context, entity, this.#upkeepOf(entity), ifVersion !== undefined);
      this.#deletes.set(key, removal);
    }
    const { statement, twice, returns, follow } = removal;
    const values = ifVersion !== undefined ? [id, ifVersion] : twice ? [id, id] : [id];
    const failed = { type: "delete", entity, values: {}, id } as const;
    return { statement, values, returns, read: some, failed, also: undefined, follow };
  }

  #insertOf(entity: EntityModel): Insert {
    let insert = this.#inserts.get(entity);
    if (!insert) this.#inserts.set(entity, (insert = this.#compileInsert(entity)));
    return insert;
  }

  #explain(session: SqlSession, error: unknown, write: FailedWrite): MaybePromise<never> {
    return explainFailure({ context: this.#context, model: this.#model, session }, error, write);
  }

  #compileInsert(entity: EntityModel): Insert {
    const { db, dialect, generate, table, at } = this.#context;
    const names: Sql[] = [];
    const types: ColumnType[] = [];
    const fields: BoundField[] = [];
    for (const field of entity.stored) {
      fields.push({ field, at: names.length, from: "first" });
      for (const column of columnsOf(field)) {
        names.push(sql.ref(column.name));
        types.push(column.type);
      }
    }
    const into = sql`insert into ${sql.table(at(table(entity)))} (${sql.join(names)})`;
    const upkeep = this.#upkeepOf(entity);
    const marks = names.map((_, i) => sql`${i}`);
    const one = sql`${into} values (${sql.join(marks)})`;
    const many = dialect.rowsOf && sql`${into} ${dialect.rowsOf(types.map((type) => ({ list: 0, type })))}`;
    const along = upkeep?.along;
    const indexed = along ? sql`with entry as (${along.insert()}) ${one}` : one;
    const allIndexed = many && along ? sql`with entry as (${along.insertAll()}) ${many}` : many;
    return {
      statement: new Statement(indexed.compile(db).sql),
      bind: recordBinder(dialect, fields, names.length, generate),
      width: names.length,
      many: upkeep && !along ? undefined : allIndexed && new Statement(allIndexed.compile(db).sql),
      upkeep,
    };
  }

  #compileUpdate({ entity, set, stamps, ifVersion }: UpdateWrite): Update {
    const { db, dialect, generate, table, at } = this.#context;
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
        const bound = assignments.push(sql`${sql.ref(column.name)} = ${place()}`) - 1;
        if (column.shadow || !(name in set)) continue;
        compared.push(bound);
        changes.push(dialect.differs(sql.ref(column.name), place()));
      }
    }
    const version = sql.ref(versionColumn(entity));
    const conditions = [sql`${sql.ref("id")} = ${place()}`];
    if (ifVersion !== undefined) conditions.push(sql`${version} = ${place()}`);
    const bound = assignments.length;
    const found = this.#upkeepOf(entity);
    const concerned = found?.concerns(set) ? found : undefined;
    const along = concerned?.along;
    const upkeep = along ? undefined : concerned;
    const { columns, map } = this.#mapperOf(entity);
    const given = upkeep ? [...columns, sql.ref(dialect.search.key)] : columns;
    const update = sql`update ${sql.table(at(table(entity)))} set ${sql.join([...assignments, sql`${version} = ${version} + 1`])}
      where ${sql.join(conditions, sql` and `)} and (${sql.join(changes, sql` or `)}) returning ${sql.join(given)}`;
    const whole = along
      ? sql`with changed as (${update}), indexed as (${along.update("changed", set)}) select * from changed`
      : update;
    const compiled = whole.compile(db);
    return {
      statement: new Statement(compiled.sql),
      words: along && ((values) => concerned.words(values, set)),
      bind: recordBinder(dialect, fields, bound + conditions.length + compared.length, generate),
      compared,
      id: bound,
      read: (rows) => (rows.length === 0 ? null : map(rows[0] as unknown[])),
      follow: upkeep && ((session, raw, row) => upkeep.update(session, row as Row, raw[raw.length - 1])),
    };
  }

  #compileSequence(): Statement {
    const { db, own, at } = this.#context;
    const table = sql.table(at(own(sequenceTable)));
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
