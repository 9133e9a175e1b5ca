/** The steps of a plan while they are gathered, in the words that people read. */

import type { ChangeAction, ChangeClass, ChangeStep } from "@kith/core";
import type { Offenders } from "./offenders.ts";

/** Records that are handled in a second, roughly, on an ordinary machine. */
const perSecond = { look: 400_000, write: 60_000, rebuild: 250_000, index: 400_000, none: Number.POSITIVE_INFINITY };
/** What a step does to records. */
export type Effort = keyof typeof perSecond;

/** A step as it is given to the list. */
export interface StepDraft {
  readonly action: ChangeAction;
  readonly entity: string;
  readonly field?: string | undefined;
  /** What is named beside the entity, when it is no field. */
  readonly name?: string;
  readonly class?: ChangeClass;
  readonly summary: string;
  readonly rows?: number;
  readonly effort?: Effort;
  readonly offenders?: Offenders | undefined;
  readonly advice?: string | undefined;
}

/** Gathers steps. */
export class Steps {
  readonly all: ChangeStep[] = [];
  readonly #ids = new Set<string>();

  add(draft: StepDraft): void {
    const { action, entity, field, name, summary, rows = 0, effort = "none", offenders, advice } = draft;
    const place = [entity, field ?? name].filter((part) => part !== undefined).join(".");
    const id = `${action}:${place}`;
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    const refused = offenders !== undefined && offenders.count > 0;
    const wanted = refused ? "refused" : (draft.class ?? "safe");
    // Where there is nothing, nothing changes.
    const made = wanted === "confirm" && rows === 0 ? "safe" : wanted;
    const hint = refused
      ? (advice ?? "mend these records first, with the program of the model before")
      : made === "refused" || made === "destructive"
        ? advice
        : undefined;
    this.all.push({
      id,
      action,
      entity,
      ...(field === undefined ? {} : { field }),
      class: made,
      summary,
      rows,
      seconds: Math.round((rows / perSecond[effort]) * 100) / 100,
      ...(refused ? { offenders: offenders.first, offenderCount: offenders.count } : {}),
      ...(hint === undefined ? {} : { advice: hint }),
    });
  }
}
