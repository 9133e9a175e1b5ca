/** Work on a connection that a signal or a time limit may stop: the statement that runs is cancelled on the server, and the connection lives on. */

import type { RunControl, XrmError } from "@kith/core";
import { cancelOn } from "./cancel.ts";
import type { Loan } from "./lender.ts";

/** How long a cancelled statement may go on before its connection is given up. */
const patience = 5_000;

/** Runs work while a control allows. The work has ended, one way or another, when this does. */
export async function bounded<T>(control: RunControl, loan: Loan, work: () => Promise<T>): Promise<T> {
  control.check();
  let stopped: XrmError | undefined;
  let cancelled: Promise<void> | undefined;
  let giveUp: NodeJS.Timeout | undefined;
  const end = control.watch((error) => {
    stopped = error;
    cancelled = cancelOn(loan);
    giveUp = setTimeout(() => loan.destroy(), patience);
  });
  try {
    return await work();
  } catch (error) {
    throw stopped ?? error;
  } finally {
    end();
    // A request that comes late must not stop what this connection does next.
    await cancelled;
    clearTimeout(giveUp);
  }
}
