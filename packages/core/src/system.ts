/** A running system: the compiled model on an open connection, and what all its handles share. */

import { equality, idType } from "@kith/schema";
import { type EntityCommands, entityCommands } from "./command/entity-commands.ts";
import type { Session } from "./context/session.ts";
import { XrmError } from "./errors.ts";
import { Events } from "./events/events.ts";
import type { Logger } from "./logger.ts";
import { canCompile, makeAjv } from "./model/ajv.ts";
import type { EntityModel, FieldModel, Model } from "./model/model.ts";
import type { ReadPlan } from "./query/ast.ts";
import { Queries } from "./query/run.ts";
import type { QueryLimits } from "./query/scan.ts";
import type { Xrm } from "./repository/xrm-types.ts";
import type { Connection, MaybePromise, Prepared, ReadResult, Row, StorageTransaction } from "./storage/storage.ts";

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
  readonly logger: Logger;
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
  readonly events: Events;
  readonly queries: Queries;
  readonly handle: (session: Session) => Xrm<any>;
  closed = false;
  private readonly clock: () => number;
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
    this.clock = parts.clock;
    this.events = new Events(parts.logger);
    this.queries = new Queries(parts.connection, parts.model.vocabulary, parts.limits);
    this.handle = parts.makeHandle;
  }

  /** The present instant, in UTC with milliseconds. */
  now(): string {
    return new Date(this.clock()).toISOString();
  }

  begin(): MaybePromise<StorageTransaction> {
    this.assertOpen();
    return this.connection.begin();
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

  /** The whole record with this id, or undefined. */
  async byId(
    entity: EntityModel,
    id: string,
    tx: StorageTransaction | undefined,
    lock = false,
  ): Promise<Row | undefined> {
    const field = entity.byName.get("id") as FieldModel;
    const prepared = this.prepared(`${entity.name}|${lock}`, entity, field, entity.stored, lock && tx !== undefined);
    const { rows } = await prepared.run([id], tx);
    return rows[0];
  }

  /** The ids of the records whose lookup leads to a record. */
  async idsBy(lookup: FieldModel, id: string, tx: StorageTransaction): Promise<string[]> {
    const entity = this.model.entities.get(lookup.entity) as EntityModel;
    const shown = [entity.byName.get("id") as FieldModel];
    const { rows } = await this.prepared(`${entity.name}|by|${lookup.name}`, entity, lookup, shown, true).run([id], tx);
    return rows.map((row) => row["id"] as string);
  }

  private prepared(
    key: string,
    entity: EntityModel,
    field: FieldModel,
    fields: readonly FieldModel[],
    lock: boolean,
  ): Prepared<ReadResult> {
    let prepared = this.reads.get(key);
    if (!prepared) {
      const operator = equality(() => idType)["eq"] as NonNullable<ReturnType<typeof equality>[string]>;
      const plan: ReadPlan = {
        entity,
        where: { kind: "test", field, operator, word: "eq", param: 0 },
        order: [{ path: [], field: entity.byName.get("id") as FieldModel, direction: "asc" }],
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
