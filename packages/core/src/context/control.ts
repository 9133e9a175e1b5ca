/** What bounds one call: the caller's signal, and the time it may take. */

import { describe } from "@kith/schema";
import { XrmError } from "../errors.ts";
import { onlyKeys, wholeNumber } from "../options.ts";
import type { RunOptions } from "../repository/xrm-types.ts";
import type { RunControl } from "../storage/storage.ts";

/** The keys of {@link RunOptions}. */
export const controlKeys = ["signal", "timeoutMs"] as const;

/** The longest limit of one query: an hour. */
export const maxQueryMs = 3_600_000;

/** The control of one call. */
export class CallControl implements RunControl {
  readonly signal: AbortSignal | undefined;
  readonly deadline: number | undefined;
  private readonly call: string;
  private readonly timeoutMs: number | undefined;

  constructor(call: string, signal: AbortSignal | undefined, timeoutMs: number | undefined) {
    this.call = call;
    this.signal = signal;
    this.timeoutMs = timeoutMs;
    this.deadline = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
  }

  check(): void {
    if (this.signal?.aborted) throw this.aborted();
    if (this.deadline !== undefined && performance.now() >= this.deadline) throw this.late();
  }

  watch(stop: (error: XrmError) => void): () => void {
    const { signal, deadline } = this;
    let timer: NodeJS.Timeout | undefined;
    let ended = false;
    const end = () => {
      ended = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const abort = () => {
      if (ended) return;
      end();
      stop(this.aborted());
    };
    if (deadline !== undefined)
      timer = setTimeout(
        () => {
          end();
          stop(this.late());
        },
        // A timer may fire a fraction of a millisecond early.
        Math.max(0, Math.ceil(deadline - performance.now())),
      );
    if (signal?.aborted) queueMicrotask(abort);
    else signal?.addEventListener("abort", abort, { once: true });
    return end;
  }

  private aborted(): XrmError {
    return new XrmError("ABORTED", `${this.call} was stopped by its signal.`, { cause: this.signal?.reason });
  }

  private late(): XrmError {
    const { call, timeoutMs } = this;
    return new XrmError(
      "QUERY_TIMEOUT",
      `${call} took longer than ${timeoutMs} ms; ask for less, index what it filters or sorts by, or give { timeoutMs }.`,
      { params: { timeoutMs } },
    );
  }
}

/**
 * The control of a call; undefined when nothing bounds it.
 *
 * @throws {XrmError} INVALID_OPTIONS; ABORTED when the signal is aborted already
 */
export function readControl(
  call: string,
  options: RunOptions | undefined,
  defaultMs: number | undefined,
): RunControl | undefined {
  if (options === undefined && defaultMs === undefined) return undefined;
  const given: RunOptions = options === undefined ? {} : options;
  onlyKeys(call, given, controlKeys);
  const signal = readSignal(call, given.signal);
  const timeoutMs =
    given.timeoutMs === undefined
      ? defaultMs
      : wholeNumber(call, "timeoutMs", given.timeoutMs, { min: 1, max: maxQueryMs, default: maxQueryMs });
  if (signal === undefined && timeoutMs === undefined) return undefined;
  const control = new CallControl(call, signal, timeoutMs);
  control.check();
  return control;
}

function readSignal(call: string, signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal instanceof AbortSignal) return signal;
  throw new XrmError("INVALID_OPTIONS", `${call}: signal must be an AbortSignal, not ${describe(signal)}.`, {
    params: { option: "signal" },
  });
}

/** Waits no longer than a control allows. What is waited for goes on all the same. */
export function within<T>(wait: Promise<T>, control: RunControl | undefined): Promise<T> {
  if (!control) return wait;
  return new Promise<T>((resolve, reject) => {
    const end = control.watch(reject);
    wait.then(resolve, reject).finally(end);
  });
}
