/** One case of the change suite, and what it is given. */

import type {
  ApplyOptions,
  ChangePlan,
  ChangeReport,
  ChangeStep,
  Drift,
  Model,
  PlanOptions,
  Storage,
  Xrm,
  XrmOptions,
} from "@kith/core";

/** A storage whose changes are to be proven, empty, and a way to its database that is not Kith's. */
export interface ChangeUnderTest {
  readonly storage: Storage;
  /**
   * Runs SQL by hand on a connection of its own: one statement, whose rows it gives, or several with `;` between. Tables are named as they are stored,
   * without a schema. Fails with the database's own error.
   */
  readonly direct: (sql: string) => Row[] | Promise<Row[]>;
  /** Takes away what was made: files, databases. */
  readonly cleanup?: () => void | Promise<void>;
}

/** Values by name. */
export type Row = Record<string, unknown>;

/** What a case is given. */
export interface ChangeContext {
  /** Runs SQL by hand, see {@link ChangeUnderTest}. */
  direct(sql: string): Promise<Row[]>;
  /** Opens a system. It is closed after the case. */
  open(model: Model<any>, options?: Pick<XrmOptions<any>, "logger" | "migrate">): Promise<Xrm<any>>;
  /** Opens a system, makes records of an entity and closes it; gives their ids. */
  make(model: Model<any>, entity: string, rows: readonly Row[]): Promise<string[]>;
  /** Opens a system, reads what records of an entity hold, in the order in which they were made, and closes it. */
  held(model: Model<any>, entity?: string): Promise<Row[]>;
  plan(model: Model<any>, options?: Pick<PlanOptions, "confirm" | "backfill">): Promise<ChangePlan>;
  /** The steps to a model, each as `class id`. */
  steps(model: Model<any>): Promise<string[]>;
  /** The steps to a model that the data stand in the way of. */
  refusals(model: Model<any>): Promise<ChangeStep[]>;
  apply(model: Model<any>, options?: Pick<ApplyOptions, "confirm" | "backfill" | "plan">): Promise<ChangeReport>;
  /** Takes the steps to a model with a yes to each that needs one, and proves that the database then is what it says. */
  change(model: Model<any>): Promise<ChangeReport>;
  drift(model: Model<any>): Promise<Drift[]>;
}

/** One thing that every storage with changes must do. */
export interface ChangeCase {
  /** Stable: exceptions are declared by it. */
  readonly id: string;
  readonly run: (t: ChangeContext) => Promise<void>;
}

/** The cases of one topic; their ids are `topic/name`. */
export function topic(name: string, cases: Readonly<Record<string, ChangeCase["run"]>>): readonly ChangeCase[] {
  return Object.entries(cases).map(([id, run]) => ({ id: `${name}/${id}`, run }));
}
