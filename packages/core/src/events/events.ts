/** In-process events: facts that were committed, told after the commit. */

import { copyJson, type Row } from "@kith/schema";
import { EventEmitter } from "eventemitter3";
import type { Actor } from "../context/actor.ts";
import type { Logger } from "../logger.ts";

/** What happened to a record. */
export type Change = "created" | "updated" | "deleted";

/** The names of a registry's events. */
export type EventName<R> = "*" | { [N in keyof R & string]: `${N}.${Change}` }[keyof R & string];

type EntityOf<E> = E extends `${infer N}.${Change}` ? N : never;

/** A committed fact. */
export interface RecordEvent<T = Record<string, unknown>> {
  /** `account.created`. */
  readonly type: string;
  readonly entity: string;
  readonly change: Change;
  readonly id: string;
  /** The record as it was written; for a deletion, as it was last. */
  readonly row: T;
  /** The record before an update. */
  readonly previous: T | null;
  /** The names of the fields that an update changed. */
  readonly changed: readonly string[];
  readonly actor: Actor | null;
  /** The transaction's instant. */
  readonly at: string;
}

/** Takes an event. A promise is not waited for; its failure goes to the logger. */
export type EventHandler<R, E> = (
  event: RecordEvent<E extends "*" ? Record<string, unknown> : Row<R, EntityOf<E>>>,
) => void | Promise<void>;

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Who listens to what. */
export class Events {
  private readonly emitter = new EventEmitter<Record<string, (event: RecordEvent) => void>>();
  private readonly logger: Logger;
  /** How many handlers there are in all; with none, no write looks for one. */
  private handlers = 0;
  /** Several handlers hear of the same event: each gets a copy, so that none sees what another did to it. */
  private shared = false;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  on(name: string, handler: (event: RecordEvent<any>) => void | Promise<void>): Unsubscribe {
    const safe = (event: RecordEvent): void => {
      try {
        const done = handler(this.shared ? copyJson(event) : event);
        if (done instanceof Promise) done.catch((error: unknown) => this.failed(name, error));
      } catch (error) {
        this.failed(name, error);
      }
    };
    this.emitter.on(name, safe);
    this.handlers++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.handlers--;
      this.emitter.off(name, safe);
    };
  }

  /** Whether anyone would hear of a change of an entity; when not, nothing is prepared for it. */
  heard(entity: string, change: Change): boolean {
    if (this.handlers === 0) return false;
    return this.emitter.listenerCount(`${entity}.${change}`) > 0 || this.emitter.listenerCount("*") > 0;
  }

  emit(events: readonly RecordEvent[]): void {
    for (const event of events) {
      this.shared = this.emitter.listenerCount(event.type) + this.emitter.listenerCount("*") > 1;
      this.emitter.emit(event.type, event);
      this.emitter.emit("*", event);
    }
  }

  private failed(name: string, error: unknown): void {
    try {
      this.logger.error(`A handler of '${name}' failed. The change stays: events are told after the commit.`, error);
    } catch {
      // A logger that fails must not make a committed write look as if it had.
    }
  }
}
