/** Handles: the object that an application holds. Entities are properties; what the engine adds has reserved names. */

import { didYouMean, entityJsonSchema, printable, type SchemaUse } from "@kith/schema";
import { backup } from "../backup.ts";
import { type Actor, readActor } from "../context/actor.ts";
import { readControl } from "../context/control.ts";
import { guard } from "../context/scope.ts";
import type { Session } from "../context/session.ts";
import { transact } from "../context/transact.ts";
import { XrmError } from "../errors.ts";
import type { RecordEvent } from "../events/events.ts";
import { describeEntity, describeOperation } from "../model/describe.ts";
import type { EntityModel, Model } from "../model/model.ts";
import { invokeOperation } from "../operations/invoke.ts";
import { onlyKeys, wholeNumber } from "../options.ts";
import { searchAll } from "../search/search-all.ts";
import { EntityRepository } from "./repository.ts";
import type { Engine, TransactionOptions, Xrm } from "./xrm-types.ts";

/** The options of `transaction`. */
export const transactionKeys = ["timeoutMs", "signal", "join"] as const;

const localeKeys = ["locale"] as const;
const schemaUses: readonly SchemaUse[] = ["record", "create", "update"];

/** The longest transaction that can be asked for: an hour. */
export const maxTransactionMs = 3_600_000;

const session = Symbol("session");
const repositories = Symbol("repositories");

interface HandleState {
  readonly [session]: Session;
  readonly [repositories]: Map<EntityModel, EntityRepository>;
}

/** What every handle has besides its entities. */
class HandleMethods {
  declare readonly [session]: Session;
  declare readonly [repositories]: Map<EntityModel, EntityRepository>;

  as(actor: Actor): Xrm<any> {
    const { system } = this[session];
    return system.handle({ ...this[session], actor: readActor(actor) });
  }

  async transaction<T>(work: (tx: Xrm<any>) => T | Promise<T>, options: TransactionOptions = {}): Promise<T> {
    if (typeof work !== "function")
      throw new XrmError("INVALID_OPTIONS", "transaction takes a function: transaction(async (tx) => { … }).");
    onlyKeys("transaction", options, transactionKeys);
    const own = this[session];
    if (!own.scope) own.system.assertOpen();
    else if (options.timeoutMs !== undefined)
      throw new XrmError(
        "INVALID_OPTIONS",
        "transaction: timeoutMs belongs to the outermost transaction; a savepoint has its deadline.",
        { params: { option: "timeoutMs" } },
      );
    else if (options.join !== undefined)
      throw new XrmError(
        "INVALID_OPTIONS",
        "transaction: join belongs to the outermost transaction; a savepoint is part of it already.",
        { params: { option: "join" } },
      );
    const timeoutMs = wholeNumber("transaction", "timeoutMs", options.timeoutMs, {
      min: 1,
      max: maxTransactionMs,
      default: own.system.transactionMs,
    });
    const { signal } = options;
    const control = signal === undefined ? undefined : readControl("transaction", { signal }, undefined);
    return transact(own, { timeoutMs, control, join: options.join }, async (inner) => work(own.system.handle(inner)));
  }

  entity(name: string): EntityRepository {
    const { model } = this[session].system;
    const entity = model.entities.get(name);
    if (!entity) throw unknownEntity(model, name);
    return repositoryOf(this, entity);
  }

  async invoke(operation: unknown, input: unknown): Promise<unknown> {
    if (!this[session].scope) this[session].system.assertOpen();
    return invokeOperation(this[session], operation, input);
  }

  async close(): Promise<void> {
    const { system, scope } = this[session];
    guard(system, scope);
    if (scope)
      throw new XrmError("TX_MISUSED", "A transaction cannot close its system; close the handle that createXrm gave.");
    await system.close();
  }

  get $(): Engine<any> {
    const { system } = this[session];
    const { model, events } = system;
    return {
      model,
      on: (event, handler) => {
        checkEvent(model, event);
        return events.on(event, handler as (event: RecordEvent<any>) => void);
      },
      backup: (file, options) => backup(this[session], file, options),
      describe: (name, options = {}) => {
        onlyKeys("describe", options, localeKeys);
        return describeEntity(this.entity(name).model, options.locale);
      },
      operations: (options = {}) => {
        onlyKeys("operations", options, localeKeys);
        return [...model.operations.values()].map((operation) => describeOperation(operation, options.locale));
      },
      jsonSchema: (name, use: SchemaUse = "record", options = {}) => {
        onlyKeys("jsonSchema", options, localeKeys);
        if (!schemaUses.includes(use))
          throw new XrmError("INVALID_OPTIONS", `jsonSchema is of ${schemaUses.join(", ")}, not ${printable(use)}.`);
        return entityJsonSchema(this.entity(name).model, use, options);
      },
      search: (text, options, run) => searchAll(this[session], text, options, run) as Promise<any[]>,
    };
  }
}

function repositoryOf(handle: HandleState, entity: EntityModel): EntityRepository {
  let repository = handle[repositories].get(entity);
  if (!repository) {
    repository = new EntityRepository(handle[session], entity);
    handle[repositories].set(entity, repository);
  }
  return repository;
}

/** Makes the handles of one model: objects with a property for each entity, whose getters are made once. */
export function handleMaker(model: Model): (session: Session) => Xrm<any> {
  const prototype = Object.create(
    unknownNames(model),
    Object.getOwnPropertyDescriptors(HandleMethods.prototype),
  ) as object;
  for (const entity of model.entities.values()) {
    Object.defineProperty(prototype, entity.name, {
      enumerable: true,
      get(this: HandleState): EntityRepository {
        return repositoryOf(this, entity);
      },
    });
  }
  function Handle(this: { -readonly [K in keyof HandleState]: HandleState[K] }, own: Session): void {
    this[session] = own;
    this[repositories] = new Map();
  }
  Handle.prototype = prototype;
  const Made = Handle as unknown as new (own: Session) => Xrm<any>;
  return (own) => new Made(own);
}

function checkEvent(model: Model, event: string): void {
  if (event === "*") return;
  const [entity = "", change = "", ...rest] = String(event).split(".");
  const changes = ["created", "updated", "deleted"];
  if (!model.entities.has(entity)) throw unknownEntity(model, entity);
  if (rest.length === 0 && changes.includes(change)) return;
  throw new XrmError(
    "INVALID_OPTIONS",
    `There is no event '${printable(event)}'.${didYouMean(change, changes)} Events are ${changes.map((one) => `${entity}.${one}`).join(", ")} and *.`,
    {
      params: { event },
    },
  );
}

function unknownNames(model: Model): object {
  return new Proxy(Object.create(Object.prototype) as object, {
    get(target, name, receiver) {
      if (typeof name === "symbol" || name in Object.prototype || name === "then" || name === "toJSON")
        return Reflect.get(target, name, receiver);
      throw unknownEntity(model, name);
    },
  });
}

function unknownEntity(model: Model, name: unknown): XrmError {
  const known = [...model.entities.keys()];
  const hint = typeof name === "string" ? didYouMean(name, known) : "";
  return new XrmError(
    "UNKNOWN_ENTITY",
    `The model has no entity '${printable(name)}'.${hint} It has ${known.join(", ")}.`,
    { params: { entity: name } },
  );
}
