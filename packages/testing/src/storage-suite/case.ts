/** One case of the storage suite, and what it is given. */

import assert from "node:assert/strict";
import type { Capabilities, Model, Storage, Xrm, XrmError } from "@kith/core";
import { errorOf } from "../error-of.ts";

/** A storage to be proven, empty. */
export interface StorageUnderTest {
  readonly storage: Storage;
  /** A storage on the same data, as after a restart. The same object, opened again, unless given. */
  readonly reopen?: () => Storage | Promise<Storage>;
  /** Takes away what was made: files, databases. */
  readonly cleanup?: () => void | Promise<void>;
}

/** Bounds of a system that a case opens. */
export interface OpenOptions {
  readonly waitMs?: number;
  readonly transactionMs?: number;
  readonly queryTimeoutMs?: number;
}

/** What a case is given. */
export interface CaseContext {
  /** The storage; nobody has opened it unless the case did. */
  readonly storage: Storage;
  readonly capabilities: Capabilities;
  /** The time that systems see, in milliseconds since 1970; cases may set it. */
  readonly clock: { now: number };
  /** Opens a system. It is closed after the case. */
  open(model: Model<any>, options?: OpenOptions): Promise<Xrm<any>>;
  /** Closes the systems that are open, and opens one on the same data, as after a restart. */
  restart(model: Model<any>): Promise<Xrm<any>>;
}

/** One thing that every storage must do. */
export interface StorageCase {
  /** Stable: exceptions are declared by it. */
  readonly id: string;
  readonly run: (t: CaseContext) => Promise<void>;
}

/** The cases of one topic; their ids are `topic/name`. */
export function topic(
  name: string,
  cases: Readonly<Record<string, (t: CaseContext) => Promise<void>>>,
): readonly StorageCase[] {
  return Object.entries(cases).map(([id, run]) => ({ id: `${name}/${id}`, run }));
}

/** Asserts that a call is refused with this code, and gives the error. */
export async function refused(code: string, call: PromiseLike<unknown> | (() => unknown)): Promise<XrmError> {
  const error = await errorOf(call);
  assert.equal(error.code, code, error.message);
  assert(error.message.length > 10, "an error says what to do");
  return error;
}

/** The values of one field, row by row. */
export function column(rows: readonly Record<string, unknown>[], name: string): unknown[] {
  return rows.map((row) => row[name]);
}

/** Waits until a call has been started and had time to get as far as it can. */
export function pause(milliseconds = 5): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
