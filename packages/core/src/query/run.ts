/** Running queries: scan, find or make the prepared plan of the shape, read the operands, run. */

import type { Issue, OperandContext } from "@kith/schema";
import { describe, isPlainObject } from "@kith/schema";
import { XrmError } from "../errors.ts";
import type { EntityModel, Model, Vocabulary } from "../model/model.ts";
import type {
  Connection,
  MaybePromise,
  Prepared,
  ReadResult,
  Row,
  RunControl,
  StorageTransaction,
} from "../storage/storage.ts";
import type { AggregatePlan } from "./ast.ts";
import { Cache } from "./cache.ts";
import { prepareConverted } from "./convert.ts";
import { foreignCursor, orderMark, readCursor, writeCursor } from "./cursor.ts";
import { aggregateKeys, parseAggregate } from "./parse-aggregate.ts";
import { type ParamReader, ParseContext, queryError, readParams } from "./parse-context.ts";
import { parseCount, parseRead } from "./parse-read.ts";
import { plainCopy } from "./plain-copy.ts";
import { type QueryLimits, Scan } from "./scan.ts";
import { scanAggregate, scanRead } from "./scan-query.ts";

type Query = Record<string, unknown>;

/** How a read is called. */
export interface ReadCall {
  readonly id?: string;
  readonly page?: boolean;
  readonly lock?: boolean;
  readonly limit?: number;
  readonly keys: ReadonlySet<string>;
}

interface Shape<T> {
  readonly prepared: Prepared<T>;
  readonly readers: readonly ParamReader[];
}
interface ReadShape extends Shape<ReadResult> {
  /** What its cursors are marked with. */
  readonly mark: string | undefined;
}
interface AggregateShape extends Shape<unknown[][]> {
  readonly plan: AggregatePlan;
}

const getKeys: ReadonlySet<string> = new Set(["select", "include", "lock"]);
const oneKeys: ReadonlySet<string> = new Set(["where", "search", "select", "include", "orderBy"]);
const manyKeys: ReadonlySet<string> = new Set([...oneKeys, "limit"]);
const pageKeys: ReadonlySet<string> = new Set([...manyKeys, "after", "total"]);
const filterKeys: ReadonlySet<string> = new Set(["where", "search"]);
/** The keys that each read takes. */
export const queryKeys = { get: getKeys, one: oneKeys, many: manyKeys, page: pageKeys, filter: filterKeys };

const shapeCacheSize = 1_000;

/** The queries of one system, with their shapes. */
export class Queries {
  private readonly connection: Connection;
  private readonly model: Model;
  private readonly vocabulary: Vocabulary;
  private readonly limits: QueryLimits;
  private readonly reads = new Cache<ReadShape>(shapeCacheSize);
  private readonly counts = new Cache<Shape<number>>(shapeCacheSize);
  private readonly aggregates = new Cache<AggregateShape>(shapeCacheSize);

  constructor(connection: Connection, model: Model, limits: QueryLimits) {
    this.connection = connection;
    this.model = model;
    this.vocabulary = model.vocabulary;
    this.limits = limits;
  }

  /** Reads records. */
  read(
    entity: EntityModel,
    query: Query,
    call: ReadCall,
    operands: OperandContext,
    tx: StorageTransaction | undefined,
    control?: RunControl,
  ): MaybePromise<ReadResult> {
    const { shape, params } = this.plan(entity, query, call, operands);
    return shape.prepared.run(params, tx, control);
  }

  /** Reads a page, and gives the cursor of the next. */
  async page(
    entity: EntityModel,
    query: Query,
    call: ReadCall,
    operands: OperandContext,
    tx: StorageTransaction | undefined,
    control?: RunControl,
  ): Promise<{ rows: Row[]; next: string | null }> {
    const { shape, params } = this.plan(entity, query, { ...call, page: true }, operands);
    const { rows, next } = await shape.prepared.run(params, tx, control);
    return { rows, next: next && writeCursor(shape.mark as string, next) };
  }

  private plan(
    entity: EntityModel,
    query: Query,
    call: ReadCall,
    operands: OperandContext,
  ): { shape: ReadShape; params: unknown[] } {
    const after = query["after"] ?? undefined;
    const cursor = after === undefined ? undefined : readCursor(after);
    const scan = this.scanRead(entity, query, call, cursor?.place);
    const known = scan.bad ? undefined : this.reads.get(scan.key);
    const planned = known
      ? { shape: known, params: this.operands(entity, known, scan, operands) }
      : this.makeRead(entity, plainCopy(query) as Query, call, cursor?.place, operands);
    if (cursor && cursor.mark !== planned.shape.mark) throw foreignCursor(entity.name);
    return planned;
  }

  private scanRead(entity: EntityModel, query: Query, call: ReadCall, place: readonly unknown[] | undefined): Scan {
    const scan = new Scan(this.vocabulary, this.limits);
    const letter = call.id !== undefined ? (call.lock ? ":L" : ":g") : call.page ? ":p" : ":f";
    scan.key = entity.name + letter;
    scanRead(scan, query, 1, call.keys, { id: call.id, place, limit: call.limit });
    return scan;
  }

  /** Counts records; stops at `upTo`, when given. */
  count(
    entity: EntityModel,
    query: Query,
    upTo: number | undefined,
    operands: OperandContext,
    tx: StorageTransaction | undefined,
    control?: RunControl,
  ): MaybePromise<number> {
    const scan = this.scanCount(entity, query, upTo);
    const known = scan.bad ? undefined : this.counts.get(scan.key);
    if (known) return known.prepared.run(this.operands(entity, known, scan, operands), tx, control);
    const copy = plainCopy(query) as Query;
    const again = this.scanCount(entity, copy, upTo);
    const context = new ParseContext(entity.name, operands);
    const plan = parseCount(context, entity, copy, upTo);
    const params = this.finish(context, again);
    const shape = { prepared: this.connection.prepareCount(plan), readers: context.readers };
    this.counts.set(again.key, shape);
    return shape.prepared.run(params, tx, control);
  }

  private scanCount(entity: EntityModel, { where, search }: Query, upTo: number | undefined): Scan {
    const scan = new Scan(this.vocabulary, this.limits);
    scan.key = `${entity.name}:c`;
    if (where !== undefined) scan.where(where, 1);
    if (search !== undefined) {
      scan.key += "f";
      scan.value(search);
    }
    if (upTo !== undefined) {
      scan.key += "u";
      scan.value(upTo);
    }
    return scan;
  }

  /** Answers an aggregate: rows in the form of its groups and measures. */
  async aggregate(
    entity: EntityModel,
    query: Query,
    operands: OperandContext,
    tx: StorageTransaction | undefined,
    control?: RunControl,
  ): Promise<Query[]> {
    const scan = this.scanAggregate(entity, query, operands);
    let shape = scan.bad ? undefined : this.aggregates.get(scan.key);
    let params: unknown[];
    if (shape) params = this.operands(entity, shape, scan, operands);
    else {
      const copy = plainCopy(query) as Query;
      const again = this.scanAggregate(entity, copy, operands);
      const context = new ParseContext(entity.name, operands);
      const asked = parseAggregate(context, entity, copy, this.model);
      const { plan } = asked;
      params = this.finish(context, again);
      const prepared =
        asked.conversions.size > 0 ? prepareConverted(this.connection, asked) : this.connection.prepareAggregate(plan);
      shape = { prepared, readers: context.readers, plan };
      this.aggregates.set(again.key, shape);
    }
    const { plan } = shape;
    const rows = await shape.prepared.run(params, tx, control);
    return rows.map((row) => aggregateRow(plan, row));
  }

  private scanAggregate(entity: EntityModel, query: Query, operands: OperandContext): Scan {
    const scan = new Scan(this.vocabulary, this.limits);
    scan.key = entity.name;
    scanAggregate(scan, query, aggregateKeys);
    if (scan.bucketed) scan.key += `@${operands.timeZone}@${operands.fiscalYearStart}`;
    return scan;
  }

  private makeRead(
    entity: EntityModel,
    query: Query,
    call: ReadCall,
    place: readonly unknown[] | undefined,
    operands: OperandContext,
  ): { shape: ReadShape; params: unknown[] } {
    const scan = this.scanRead(entity, query, call, place);
    const context = new ParseContext(entity.name, operands);
    const plan = parseRead(context, entity, query, [], {
      keys: call.keys,
      id: call.id,
      page: call.page ?? false,
      lock: call.lock ?? false,
      limit: call.limit,
      place,
    });
    if (place && place.length !== plan.order.length) throw foreignCursor(entity.name);
    const params = this.finish(context, scan);
    const mark = call.page ? orderMark(entity.name, plan.order) : undefined;
    const shape = { prepared: this.connection.prepareRead(plan), readers: context.readers, mark };
    this.reads.set(scan.key, shape);
    return { shape, params };
  }

  /** The operands of a new shape, or every problem of the query. */
  private finish(context: ParseContext, scan: Scan): unknown[] {
    // The scan numbers values as the parser does; a shape that was counted otherwise must not be kept.
    const unclear = scan.bad || scan.values.length !== context.params.length;
    if (unclear && context.issues.length === 0)
      context.problem([], "has a part that cannot be understood; write plain objects, lists and values");
    context.done();
    return context.params;
  }

  private operands(entity: EntityModel, shape: Shape<unknown>, scan: Scan, operands: OperandContext): unknown[] {
    const issues: Issue[] = [];
    const params = readParams(shape.readers, scan.values, operands, issues);
    if (issues.length > 0) throw queryError(entity.name, issues);
    return params;
  }
}

function aggregateRow(plan: AggregatePlan, values: readonly unknown[]): Query {
  const row: Query = {};
  plan.groups.forEach(({ name }, i) => {
    let at = row;
    for (const part of name.slice(0, -1)) at = (at[part] ??= {}) as Query;
    at[name[name.length - 1] as string] = values[i];
  });
  plan.measures.forEach((measure, i) => {
    row[measure.name] = values[plan.groups.length + i];
  });
  return row;
}

/** A query argument: an object, or nothing. */
export function readQuery(entity: EntityModel, args: unknown): Query {
  if (args === undefined) return {};
  // A Map or a Date has no keys: it would pass for a query that asks for everything.
  if (isPlainObject(args)) return args as Query;
  throw new XrmError("INVALID_QUERY", `The query on '${entity.name}' must be a plain object, not ${describe(args)}.`, {
    entity: entity.name,
  });
}
