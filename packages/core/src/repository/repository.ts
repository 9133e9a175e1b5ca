/** The calls on one entity's records: each checks its arguments, finds its transaction, and hands over to the read path or the write path. */

import { describe, isRecordId } from "@kith/schema";
import { createRecords } from "../command/create.ts";
import { deleteMatching, deleteRecord } from "../command/delete.ts";
import type { EntityCommands } from "../command/entity-commands.ts";
import { notFound } from "../command/outcomes.ts";
import { readIfVersion, updateMatching, updateRecord } from "../command/update.ts";
import { upsertRecord } from "../command/upsert.ts";
import { readControl } from "../context/control.ts";
import { SessionOperands } from "../context/operands.ts";
import { guard, type TransactionScope } from "../context/scope.ts";
import type { Session } from "../context/session.ts";
import { ready } from "../context/transact.ts";
import { XrmError } from "../errors.ts";
import type { EntityModel } from "../model/model.ts";
import { onlyKeys, wholeNumber } from "../options.ts";
import { maxLimit } from "../query/parse-read.ts";
import { queryKeys, type ReadCall, readQuery } from "../query/run.ts";
import { streamPageKeys, streamPages } from "../query/stream.ts";
import type { MaybePromise, Prepared, ReadResult, Row, RunControl, StorageTransaction } from "../storage/storage.ts";
import type { DynamicRepository, Page, RunOptions } from "./xrm-types.ts";

type Values = Record<string, unknown>;

const versionKeys = ["ifVersion"] as const;
const upsertKeys = ["by"] as const;
/** The options of writes. */
export const writeKeys = [...versionKeys, ...upsertKeys];

/** Rows of a page when no limit is given. */
const defaultPageSize = 50;

/** The repository of one entity on one handle. Its typed face is `Repository`; run time is the same for both. */
export class EntityRepository implements DynamicRepository {
  private readonly session: Session;
  private readonly entity: EntityModel;
  private whole: Prepared<ReadResult> | undefined;

  constructor(session: Session, entity: EntityModel) {
    this.session = session;
    this.entity = entity;
  }

  async get(id: string, args?: Values, options?: RunOptions): Promise<Row> {
    const control = this.control("get", options);
    if (args === undefined && !this.session.scope) return this.getWhole(id, control);
    const query = readQuery(this.entity, args);
    const { lock } = query;
    if (lock !== undefined && typeof lock !== "boolean")
      throw this.badOption("get: lock must be true or false.", "lock");
    if (lock && !this.session.scope)
      throw this.badOption(
        "get: lock holds until the end of a transaction, so that it needs one; call it on the handle of a transaction.",
        "lock",
      );
    const call = { id: this.readId(id, "get"), lock: lock === true, keys: queryKeys.get };
    return this.theOne(await this.read(query, call, control), id);
  }

  /** What `get` mostly is: the whole record, outside of transactions; its plan needs no look at a query. */
  private getWhole(id: unknown, control: RunControl | undefined): MaybePromise<Row> {
    const key = this.readId(id, "get");
    this.enter();
    this.whole ??= this.session.system.whole(this.entity);
    const found = this.whole.run([key], undefined, control);
    return found instanceof Promise ? found.then((result) => this.theOne(result, id)) : this.theOne(found, id);
  }

  private theOne({ rows }: ReadResult, id: unknown): Row {
    const [row] = rows;
    if (!row) throw notFound(this.entity, id);
    return row;
  }

  async findOne(args?: Values, options?: RunOptions): Promise<Row | null> {
    const control = this.control("findOne", options);
    const { rows } = await this.read(readQuery(this.entity, args), { limit: 1, keys: queryKeys.one }, control);
    return rows[0] ?? null;
  }

  async findMany(args?: Values, options?: RunOptions): Promise<Row[]> {
    const control = this.control("findMany", options);
    const result = this.read(readQuery(this.entity, args), { keys: queryKeys.many }, control);
    return result instanceof Promise ? (await result).rows : result.rows;
  }

  async findPage(args?: Values, options?: RunOptions): Promise<Page<Row>> {
    const control = this.control("findPage", options);
    const query = readQuery(this.entity, args);
    const upTo = this.readTotal(query["total"]);
    if (query["limit"] === 0) throw this.badOption("findPage: limit must be at least 1.", "limit");
    const { queries } = this.session.system;
    const operands = new SessionOperands(this.session);
    const page = await queries.page(
      this.entity,
      query,
      { limit: defaultPageSize, keys: queryKeys.page },
      operands,
      await this.tx(control),
      control,
    );
    if (upTo === null) return page;
    const { where, search } = query;
    const filter = { ...(where === undefined ? {} : { where }), ...(search === undefined ? {} : { search }) };
    const total = await queries.count(this.entity, filter, upTo, operands, await this.tx(control), control);
    return { ...page, total };
  }

  stream(args?: Values, options?: RunOptions): AsyncGenerator<Row, void, undefined> {
    // One for all pages: what is relative to now stays the same to the end.
    const operands = new SessionOperands(this.session);
    const { queries } = this.session.system;
    return streamPages(readQuery(this.entity, args), async (query) => {
      const control = this.control("stream", options);
      return queries.page(this.entity, query, { keys: streamPageKeys }, operands, await this.tx(control), control);
    });
  }

  async count(args?: Values, options?: RunOptions): Promise<number> {
    const control = this.control("count", options);
    const query = readQuery(this.entity, args);
    onlyKeys("count", query, [...queryKeys.filter]);
    const { queries } = this.session.system;
    const operands = new SessionOperands(this.session);
    return queries.count(this.entity, query, undefined, operands, await this.tx(control), control);
  }

  async exists(args?: Values, options?: RunOptions): Promise<boolean> {
    const control = this.control("exists", options);
    const query = readQuery(this.entity, args);
    onlyKeys("exists", query, [...queryKeys.filter]);
    const one = { ...query, select: { id: true }, orderBy: { id: "asc" } };
    const { rows } = await this.read(one, { limit: 1, keys: queryKeys.one }, control);
    return rows.length > 0;
  }

  async aggregate(args: Values, options?: RunOptions): Promise<Values[]> {
    const control = this.control("aggregate", options);
    const { queries } = this.session.system;
    const query = readQuery(this.entity, args);
    return queries.aggregate(this.entity, query, new SessionOperands(this.session), await this.tx(control), control);
  }

  async create(values: Values): Promise<Row> {
    this.enter();
    return (await createRecords(this.session, this.commands, [values]))[0] as Row;
  }

  async createMany(values: readonly Values[]): Promise<Row[]> {
    this.enter();
    if (!Array.isArray(values))
      throw this.badOption(`createMany takes a list of values, not ${describe(values)}.`, "values");
    return createRecords(this.session, this.commands, values);
  }

  async update(id: string, values: Values, options: { ifVersion?: number } = {}): Promise<Row> {
    this.enter();
    onlyKeys("update", options, versionKeys);
    const ifVersion = readIfVersion(this.entity, options.ifVersion);
    return updateRecord(this.session, this.commands, this.readId(id, "update"), values, { ifVersion });
  }

  async updateMany(where: Values, values: Values): Promise<number> {
    this.enter();
    return updateMatching(this.session, this.commands, (tx) => this.matching("updateMany", where, tx), values);
  }

  async upsert(values: Values, options: { by: string | readonly string[] }): Promise<Row> {
    this.enter();
    const given: Values = options ?? {};
    onlyKeys("upsert", given, upsertKeys);
    return upsertRecord(this.session, this.commands, values, given["by"]);
  }

  async delete(id: string, options: { ifVersion?: number } = {}): Promise<void> {
    this.enter();
    onlyKeys("delete", options, versionKeys);
    return deleteRecord(
      this.session,
      this.commands,
      this.readId(id, "delete"),
      readIfVersion(this.entity, options.ifVersion),
    );
  }

  async deleteMany(where: Values): Promise<number> {
    this.enter();
    return deleteMatching(this.session, this.commands, (tx) => this.matching("deleteMany", where, tx));
  }

  /** The entity whose records these are. */
  get model(): EntityModel {
    return this.entity;
  }

  private get commands(): EntityCommands {
    return this.session.system.commands(this.entity.name);
  }

  /** Whether this call may be made on this handle now. */
  private enter(): void {
    const { system, scope } = this.session;
    // An open transaction may go on while the system waits for it to close.
    if (!scope) system.assertOpen();
    guard(system, scope);
  }

  /** What bounds a read. */
  private control(call: string, options: RunOptions | undefined): RunControl | undefined {
    const { queryTimeoutMs } = this.session.system;
    if (options === undefined && queryTimeoutMs === undefined) return undefined;
    return readControl(call, options, queryTimeoutMs);
  }

  private async tx(control?: RunControl): Promise<StorageTransaction | undefined> {
    this.enter();
    const { scope } = this.session;
    if (scope) await ready(this.session, control);
    return scope?.tx;
  }

  private read(query: Values, call: ReadCall, control?: RunControl): MaybePromise<ReadResult> {
    this.enter();
    const { system, scope } = this.session;
    if (scope) return this.readIn(scope, query, call, control);
    return system.queries.read(this.entity, query, call, new SessionOperands(this.session), undefined, control);
  }

  private async readIn(
    scope: TransactionScope,
    query: Values,
    call: ReadCall,
    control: RunControl | undefined,
  ): Promise<ReadResult> {
    await ready(this.session, control);
    const { system } = this.session;
    return system.queries.read(this.entity, query, call, new SessionOperands(this.session), scope.tx, control);
  }

  /** The ids that match, locked, for a bulk call. */
  private async matching(call: string, where: unknown, tx: TransactionScope): Promise<string[]> {
    if (where === null || typeof where !== "object" || Array.isArray(where)) {
      throw this.badOption(
        `${call} needs a filter: an object of conditions, or {} for every record, not ${describe(where)}.`,
        "where",
      );
    }
    const { rows } = await this.session.system.queries.read(
      this.entity,
      { where, select: { id: true } },
      { keys: queryKeys.many },
      new SessionOperands({ ...this.session, scope: tx }),
      tx.tx,
    );
    return rows.map((row) => row["id"] as string);
  }

  /** A cap, true as undefined (count all), or null when no total was asked for. */
  private readTotal(total: unknown): number | undefined | null {
    if (total === undefined || total === false) return null;
    if (total === true) return undefined;
    if (total === null || typeof total !== "object")
      throw this.badOption(`findPage: total must be true or { upTo: number }, not ${describe(total)}.`, "total");
    onlyKeys("findPage: total", total, ["upTo"]);
    return wholeNumber("findPage: total", "upTo", (total as Values)["upTo"], {
      min: 1,
      max: maxLimit,
      default: maxLimit,
    });
  }

  private readId(id: unknown, call: string): string {
    if (typeof id !== "string") throw this.badOption(`${call}: the id must be text, not ${describe(id)}.`, "id");
    if (!isRecordId(id)) throw notFound(this.entity, id);
    return id.toLowerCase();
  }

  private badOption(message: string, option: string): XrmError {
    return new XrmError("INVALID_OPTIONS", message, { entity: this.entity.name, params: { option } });
  }
}
