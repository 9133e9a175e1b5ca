/** A running system: the compiled model on an open connection, and what all its handles share. */

import { type EntityCommands, entityCommands } from "./command/entity-commands.ts";
import type { Session } from "./context/session.ts";
import { XrmError } from "./errors.ts";
import { Events } from "./events/events.ts";
import type { Logger } from "./logger.ts";
import { canCompile, makeAjv } from "./model/ajv.ts";
import type { EntityModel, FieldModel, Model } from "./model/model.ts";
import { fieldPath } from "./model/parts.ts";
import type { Condition, ReadPlan } from "./query/ast.ts";
import { Queries } from "./query/run.ts";
import type { QueryLimits } from "./query/scan.ts";
import type { Xrm } from "./repository/xrm-types.ts";
import type { Capabilities } from "./storage/capabilities.ts";
import type {
  Connection,
  MaybePromise,
  Prepared,
  ReadResult,
  Row,
  RunControl,
  StorageTransaction,
} from "./storage/storage.ts";

/** Bounds of calls. */
export interface Limits extends QueryLimits {
  /** How many hooks deep a command may be. */
  readonly hookDepth: number;
}

/** What a system is made with. */
export interface SystemParts {
  readonly model: Model;
  readonly connection: Connection;
  readonly limits: Limits;
  readonly clock: () => number;
  readonly newId: () => string;
  readonly waitMs: number;
  readonly transactionMs: number;
  readonly timeZone: string;
  readonly fiscalYearStart: number;
  readonly queryTimeoutMs: number | undefined;
  readonly logger: Logger;
  readonly storage: { readonly name: string; readonly capabilities: Capabilities };
  readonly makeHandle: (session: Session) => Xrm<any>;
}

/** What all handles of a system share. */
export class System {
  readonly model: Model;
  readonly connection: Connection;
  readonly limits: Limits;
  readonly newId: () => string;
  readonly waitMs: number;
  readonly transactionMs: number;
  readonly timeZone: string;
  readonly fiscalYearStart: number;
  /** The limit of reads that bring none of their own. */
  readonly queryTimeoutMs: number | undefined;
  readonly storage: { readonly name: string; readonly capabilities: Capabilities };
  readonly events: Events;
  readonly queries: Queries;
  readonly handle: (session: Session) => Xrm<any>;
  private closing: Promise<void> | undefined;
  private readonly clock: () => number;
  /** Many calls come in one millisecond, and its text is the same. */
  private lastMs = Number.NaN;
  private lastInstant = "";
  private readonly commandsByEntity = new Map<string, EntityCommands>();
  private readonly reads = new Map<string, Prepared<ReadResult>>();
  private ajv: ReturnType<typeof makeAjv> | undefined;

  constructor(parts: SystemParts) {
    this.model = parts.model;
    this.connection = parts.connection;
    this.limits = parts.limits;
    this.newId = parts.newId;
    this.waitMs = parts.waitMs;
    this.transactionMs = parts.transactionMs;
    this.timeZone = parts.timeZone;
    this.fiscalYearStart = parts.fiscalYearStart;
    this.queryTimeoutMs = parts.queryTimeoutMs;
    this.storage = parts.storage;
    this.clock = parts.clock;
    this.events = new Events(parts.logger);
    this.queries = new Queries(parts.connection, parts.model, parts.limits);
    this.handle = parts.makeHandle;
  }

  /** The present instant, in UTC with milliseconds. */
  now(): string {
    const ms = this.clock();
    if (ms === this.lastMs) return this.lastInstant;
    const time = new Date(ms);
    const year = time.getUTCFullYear();
    if (year >= 1 && year <= 9999) {
      this.lastMs = ms;
      return (this.lastInstant = time.toISOString());
    }
    throw new XrmError("INVALID_OPTIONS", "createXrm: clock gave no time of the years 1 to 9999.", {
      params: { option: "clock" },
    });
  }

  begin(control?: RunControl): MaybePromise<StorageTransaction> {
    this.assertOpen();
    return this.connection.begin(control);
  }

  /** Begins as a part of a transaction of the application. */
  join(host: unknown): MaybePromise<StorageTransaction> {
    this.assertOpen();
    const { connection, storage } = this;
    if (storage.capabilities.joins && connection.join) return connection.join(host);
    throw new XrmError(
      "INVALID_OPTIONS",
      `transaction: the storage '${storage.name}' cannot join a transaction of the application; leave out join.`,
      { params: { option: "join" } },
    );
  }

  /** Closes once; whoever asks again waits for the same end. */
  close(): Promise<void> {
    this.closing ??= (async () => this.connection.close())();
    return this.closing;
  }

  get closed(): boolean {
    return this.closing !== undefined;
  }

  assertOpen(): void {
    if (this.closed) throw new XrmError("CLOSED", "This system was closed; make a new one with createXrm.");
  }

  /** The commands of an entity, made ready at first use. */
  commands(entity: string): EntityCommands {
    let commands = this.commandsByEntity.get(entity);
    if (!commands) {
      this.ajv ??= canCompile ? makeAjv(this.model.fieldTypes.values()) : undefined;
      commands = entityCommands(this.model.entities.get(entity) as EntityModel, this.model.hooks, this.ajv);
      this.commandsByEntity.set(entity, commands);
    }
    return commands;
  }

  /** The whole record with this id, or undefined. With `lock`, others cannot change it until the transaction ends. */
  async byId(
    entity: EntityModel,
    id: string,
    tx: StorageTransaction | undefined,
    lock = false,
  ): Promise<Row | undefined> {
    const { rows } = await this.whole(entity, lock).run([id], tx);
    return rows[0];
  }

  /** Reads the whole record whose id is its one parameter. */
  whole(entity: EntityModel, lock = false): Prepared<ReadResult> {
    const where = () => sameId(idOf(entity));
    return this.prepared(`${entity.name}|id|${lock}`, entity, where, entity.stored, lock);
  }

  /** The ids of the records whose lookup leads to a record, locked. */
  async idsBy(lookup: FieldModel, id: string, tx: StorageTransaction): Promise<string[]> {
    const entity = this.model.entities.get(lookup.entity) as EntityModel;
    return this.ids(`${entity.name}|by|${fieldPath(lookup)}`, entity, () => sameId(lookup), [id], tx);
  }

  /** The ids of the records that meet a condition, locked. `key` names the condition, which is made once. */
  async ids(
    key: string,
    entity: EntityModel,
    where: () => Condition,
    params: readonly unknown[],
    tx: StorageTransaction,
  ): Promise<string[]> {
    const { rows } = await this.prepared(key, entity, where, [idOf(entity)], true).run(params, tx);
    return rows.map((row) => row["id"] as string);
  }

  private prepared(
    key: string,
    entity: EntityModel,
    where: () => Condition,
    fields: readonly FieldModel[],
    lock: boolean,
  ): Prepared<ReadResult> {
    let prepared = this.reads.get(key);
    if (!prepared) {
      const order = [{ path: [], field: idOf(entity), direction: "asc" as const }];
      const plan: ReadPlan = {
        entity,
        where: where(),
        order,
        fields,
        includes: [],
        limit: undefined,
        page: false,
        lock,
      };
      prepared = this.connection.prepareRead(plan);
      this.reads.set(key, prepared);
    }
    return prepared;
  }
}

const idOf = (entity: EntityModel) => entity.byName.get("id") as FieldModel;

/** The field holds the id in parameter 0. */
function sameId(field: FieldModel): Condition {
  const operator = field.operators["eq"] as NonNullable<(typeof field.operators)[string]>;
  return { kind: "test", field, operator, word: "eq", param: 0 };
}
