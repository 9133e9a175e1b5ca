/** Makes valid records for tests. */

import { type Model, type Xrm, XrmError } from "@kith/core";
import type { Create, FieldsOf, Lookup, Row } from "@kith/schema";
import { type FactoryOptions, type PlannedRecord, Planner } from "./plan.ts";

/** Values that a test cares about. For a lookup: an id, or the overrides of the record that it shall lead to. */
export type Overrides<R, N> = {
  readonly [K in keyof Create<R, N>]?:
    | Create<R, N>[K]
    | (K extends keyof FieldsOf<R, N>
        ? FieldsOf<R, N>[K] extends Lookup<infer To, any, any>
          ? Overrides<R, To>
          : never
        : never);
};

/** Makes the values of records; pure. */
export interface RecordPlanner<R> {
  /**
   * The records to create, in order, so that one of the entity can be: what its required lookups lead to comes before, itself last.
   *
   * @throws {RangeError} when a field, an entity or a circle of required lookups leaves no way
   */
  plan<N extends keyof R & string>(entity: N, overrides?: Overrides<R, N>): PlannedRecord[];
}

/** Creates records in a system. */
export interface Factory<R> extends RecordPlanner<R> {
  /** Creates a record, and before it what its required lookups lead to. Values that a check of the entity refuses are drawn again. */
  create<N extends keyof R & string>(entity: N, overrides?: Overrides<R, N>): Promise<Row<R, N>>;
  /** Creates several; overrides may be a function of the place, counted from 0. */
  createMany<N extends keyof R & string>(
    entity: N,
    count: number,
    overrides?: Overrides<R, N> | ((i: number) => Overrides<R, N>),
  ): Promise<Row<R, N>[]>;
}

/** How often values are drawn anew when a check refuses them. */
const attempts = 25;

/**
 * Makes valid random records: every declared limit is kept, required lookups get records of their own, and equal seeds give equal records. On a
 * model it plans them, on a system it creates them too.
 *
 * @param target a model, or a running system
 * @param options the seed (1 unless given), the share of optional fields to fill (0.7), makers for kinds of plugins
 * @example
 * const make = factory(xrm, { seed: 7 })
 * const deal = await make.create('opportunity', { stage: 'won', account: { name: 'Acme' } })
 */
export function factory<R>(target: Xrm<R>, options?: FactoryOptions): Factory<R>;
export function factory<R>(target: Model<R>, options?: FactoryOptions): RecordPlanner<R>;
export function factory(target: Xrm<any> | Model, options: FactoryOptions = {}): Factory<any> {
  const xrm = "$" in target ? (target as Xrm<any>) : undefined;
  const planner = new Planner(xrm ? xrm.$.model : (target as Model), options);
  const create = async (entity: string, overrides: object = {}): Promise<any> => {
    if (!xrm) throw new TypeError("This factory was made from a model; make it from a system to create records.");
    for (let attempt = 1; ; attempt++) {
      try {
        return await plant(xrm, planner.plan(entity, overrides as Record<string, unknown>));
      } catch (error) {
        if (!(isBrokenCheck(error) && attempt < attempts)) throw error;
      }
    }
  };
  return {
    plan: (entity: string, overrides: object = {}) => planner.plan(entity, overrides as Record<string, unknown>),
    create,
    createMany: async (entity: string, count: number, overrides: object | ((i: number) => object) = {}) => {
      const rows: any[] = [];
      for (let i = 0; i < count; i++)
        rows.push(await create(entity, typeof overrides === "function" ? overrides(i) : overrides));
      return rows;
    },
  } as Factory<any>;
}

/** Creates planned records, all or none; gives the last. */
async function plant(xrm: Xrm<any>, records: readonly PlannedRecord[]): Promise<unknown> {
  return xrm.transaction(async (tx) => {
    let last: unknown;
    for (const { entity, values } of records) last = await tx.entity(entity).create(values);
    return last;
  });
}

function isBrokenCheck(error: unknown): boolean {
  return (
    error instanceof XrmError && error.code === "INVALID_RECORD" && error.issues.some((issue) => issue.code === "CHECK")
  );
}
