/** What the operands of a run may depend on: found out when one asks, and the same for the whole call. */

import type { OperandContext } from "@kith/schema";
import type { Session } from "./session.ts";

/** The operand context of a call on a session. */
export class SessionOperands implements OperandContext {
  private readonly session: Session;
  private instant: string | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  get now(): string {
    this.instant ??= this.session.scope?.now ?? this.session.system.now();
    return this.instant;
  }

  get timeZone(): string {
    const { actor, system } = this.session;
    return actor?.timeZone ?? system.timeZone;
  }

  get fiscalYearStart(): number {
    const { actor, system } = this.session;
    return actor?.fiscalYearStart ?? system.fiscalYearStart;
  }
}
