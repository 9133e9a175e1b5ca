/** What changing a database's model takes, as plain data: what people review, confirm and apply. */

/**
 * How careful a step must be. `safe` loses nothing and is taken by itself; `confirm` changes what values mean or look like; `destructive`
 * throws data away; `refused` cannot be done with the data as they are, see its offenders.
 */
export type ChangeClass = "safe" | "confirm" | "destructive" | "refused";

/** What a step does. */
export type ChangeAction =
  | "entity.add"
  | "entity.rename"
  | "entity.retire"
  | "entity.restore"
  | "entity.drop"
  | "field.add"
  | "field.rename"
  | "field.retire"
  | "field.restore"
  | "field.drop"
  | "field.require"
  | "field.relax"
  | "field.convert"
  | "field.limit"
  | "unique.add"
  | "unique.drop"
  | "index.add"
  | "index.drop"
  | "reference.add"
  | "reference.drop"
  | "check.add"
  | "check.drop"
  | "search.add"
  | "search.drop"
  | "storage.repair";

/** A record that stands in the way of a step. */
export interface Offender {
  readonly id: string;
  /** The values that do not fit, by field. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What is wrong with them. */
  readonly message: string;
}

/** One step. */
export interface ChangeStep {
  /** Its name, by which it is confirmed: `field.drop:account.phone`. */
  readonly id: string;
  readonly action: ChangeAction;
  /** The entity's name in the new model; the old one when it is no longer there. */
  readonly entity: string;
  readonly field?: string;
  readonly class: ChangeClass;
  /** What happens, in a sentence. */
  readonly summary: string;
  /** How many records it touches or has to look at. */
  readonly rows: number;
  /** About how long it takes, in seconds. */
  readonly seconds: number;
  /** The first of the records that stand in its way. */
  readonly offenders?: readonly Offender[];
  /** How many there are. */
  readonly offenderCount?: number;
  /** What to do about it. */
  readonly advice?: string;
}

/** A model as far as a plan names it. */
export interface ModelMark {
  readonly version: number;
  readonly hash: string;
}

/** The way from a database as it is to a model. Plain JSON. */
export interface ChangePlan {
  /** Of what the database is now, of the model, and of the steps: `apply` refuses when any of them has changed. */
  readonly hash: string;
  /** The storage that made it. */
  readonly storage: string;
  /** The model that the database was last changed to; null when it is empty. */
  readonly from: ModelMark | null;
  readonly to: ModelMark;
  /** In the order in which they are taken. Empty when nothing has to change. */
  readonly steps: readonly ChangeStep[];
  /** What is run, in the database's language, for review; records that are converted in JavaScript stand as comments. */
  readonly statements: readonly string[];
}

/** What was done. */
export interface ChangeReport {
  /** The ids of the steps that were taken. */
  readonly applied: readonly string[];
  /** The steps that were left out because nobody confirmed them; what they would throw away is still there. */
  readonly left: readonly string[];
  readonly from: ModelMark | null;
  readonly to: ModelMark;
  readonly seconds: number;
}

/** Values for records that have none: by `entity.field` a value, or a function of the record (whose other fields it has). */
export type Backfill = Readonly<
  Record<
    string,
    | string
    | number
    | boolean
    | null
    | readonly unknown[]
    | { readonly [key: string]: unknown }
    | ((record: Readonly<Record<string, unknown>>) => unknown)
  >
>;

/** What a storage is asked to plan. */
export interface ChangeRequest {
  /** The ids of steps that are confirmed. */
  readonly confirm: ReadonlySet<string>;
  readonly backfill: Backfill;
}

/** What a storage is asked to apply. */
export interface ChangeOrder extends ChangeRequest {
  /** The hash of the plan that was reviewed; undefined to take whatever the plan is. */
  readonly hash: string | undefined;
}

/** The kinds of difference between a database and what Kith made of it. */
export type DriftKind =
  | "meta.missing"
  | "meta.edited"
  | "apply.unfinished"
  | "table.missing"
  | "table.extra"
  | "column.missing"
  | "column.extra"
  | "column.type"
  | "column.nullable"
  | "column.default"
  | "column.collation"
  | "key.missing"
  | "reference.missing"
  | "reference.extra"
  | "reference.broken"
  | "reference.unvalidated"
  | "index.missing"
  | "index.extra"
  | "index.columns"
  | "index.unique"
  | "index.invalid"
  | "check.missing"
  | "check.extra"
  | "check.changed"
  | "check.unvalidated"
  | "trigger.extra"
  | "search.missing"
  | "search.stale";

/** One difference between a database and what Kith made of it. */
export interface Drift {
  readonly kind: DriftKind;
  /** The entity whose table it is; undefined for what belongs to none. */
  readonly entity?: string;
  /** The stored name of the table. */
  readonly table?: string;
  /** The stored name of the column, index or constraint. */
  readonly name?: string;
  /** What is different, and what mends it. */
  readonly message: string;
}
