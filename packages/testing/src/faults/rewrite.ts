/** A storage between the engine and another one, that changes plans, writes and answers on their way. */

import type {
  AggregatePlan,
  Condition,
  Connection,
  CountPlan,
  IncludePlan,
  OrderKey,
  Prepared,
  ReadPlan,
  ReadResult,
  Storage,
  StorageTransaction,
  WriteBatch,
} from "@kith/core";
import type { SearchWord } from "@kith/schema";

/** What to change. What is left out stays as it is. */
export interface Rewrites {
  /** Each condition, the innermost first. */
  readonly condition?: (condition: Condition) => Condition;
  /** Conditions of counts only. */
  readonly counted?: (condition: Condition) => Condition;
  /** Each sort key. */
  readonly orderKey?: (key: OrderKey) => OrderKey;
  readonly aggregate?: (plan: AggregatePlan) => AggregatePlan;
  /** Each read, and each include of one. */
  readonly plan?: (plan: ReadPlan) => ReadPlan;
  /** The words that a search looks for. */
  readonly words?: (words: readonly SearchWord[]) => readonly SearchWord[];
  readonly batch?: (batch: WriteBatch) => WriteBatch;
  /** What a read gives. */
  readonly rows?: (result: ReadResult, plan: ReadPlan, params: readonly unknown[]) => ReadResult;
  /** What an aggregate gives, for the plan as it was before `aggregate` changed it. */
  readonly groups?: (rows: unknown[][], plan: AggregatePlan) => unknown[][];
  readonly transaction?: (tx: StorageTransaction) => StorageTransaction;
  /** Which transaction a read runs in. */
  readonly within?: (tx: StorageTransaction | undefined) => StorageTransaction | undefined;
}

/** A storage with changes. */
export function rewriting(storage: Storage, rewrites: Rewrites): Storage {
  return {
    name: storage.name,
    capabilities: { ...storage.capabilities },
    open: async (model, options) => connection(await storage.open(model, options), rewrites),
  };
}

function connection(inner: Connection, rewrites: Rewrites): Connection {
  const {
    rows,
    groups,
    aggregate,
    batch = (same) => same,
    transaction = (same) => same,
    within = (same) => same,
  } = rewrites;
  const prepared = <T>(of: Prepared<T>, change: (value: T, params: readonly unknown[]) => T): Prepared<T> => ({
    run: async (params, tx, control) => change(await of.run(changed(params), within(tx), control), params),
  });
  const { words } = rewrites;
  // What a search looks for is the one operand that is a list of words.
  const changed = (params: readonly unknown[]) =>
    words ? params.map((one) => (isWords(one) ? words(one) : one)) : params;
  return {
    prepareRead: (plan) =>
      prepared(inner.prepareRead(readPlan(plan, rewrites)), (result, params) => rows?.(result, plan, params) ?? result),
    prepareCount: (plan) => prepared(inner.prepareCount(countPlan(plan, rewrites)), (count) => count),
    prepareAggregate(plan) {
      const seen = { ...plan, where: where(plan.where, rewrites.condition) };
      return prepared(inner.prepareAggregate(aggregate?.(seen) ?? seen), (answer) => groups?.(answer, plan) ?? answer);
    },
    write: (writes) => inner.write(batch(writes)),
    async begin(control) {
      const tx = await inner.begin(control);
      // The inner storage knows its own transactions only, so that they are changed in place.
      const changed = transaction(tx);
      if (changed !== tx) Object.assign(tx, changed);
      const write = tx.write.bind(tx);
      return Object.assign(tx, { write: (writes: WriteBatch) => write(batch(writes)) });
    },
    close: () => inner.close(),
  };
}

function isWords(operand: unknown): operand is readonly SearchWord[] {
  return Array.isArray(operand) && typeof (operand[0] as { whole?: unknown } | undefined)?.whole === "boolean";
}

function readPlan(given: ReadPlan, rewrites: Rewrites): ReadPlan {
  const plan = rewrites.plan?.(given) ?? given;
  return {
    ...plan,
    where: where(plan.where, rewrites.condition, rewrites.orderKey),
    order: plan.order.map((key) => rewrites.orderKey?.(key) ?? key),
    includes: plan.includes.map((include): IncludePlan => ({ ...include, plan: readPlan(include.plan, rewrites) })),
  };
}

function countPlan(plan: CountPlan, rewrites: Rewrites): CountPlan {
  return { ...plan, where: where(where(plan.where, rewrites.condition), rewrites.counted) };
}

function where(
  condition: Condition | undefined,
  change?: (condition: Condition) => Condition,
  orderKey?: (key: OrderKey) => OrderKey,
): Condition | undefined {
  return condition && mapCondition(condition, change ?? ((same) => same), orderKey ?? ((same) => same));
}

function mapCondition(
  condition: Condition,
  change: (condition: Condition) => Condition,
  orderKey: (key: OrderKey) => OrderKey,
): Condition {
  const inside = (one: Condition) => mapCondition(one, change, orderKey);
  switch (condition.kind) {
    case "all":
    case "any":
      return change({ ...condition, of: condition.of.map(inside) });
    case "not":
      return change({ ...condition, of: inside(condition.of) });
    case "one":
    case "some":
      return change({ ...condition, where: inside(condition.where) });
    case "after":
      return change({ ...condition, order: condition.order.map(orderKey) });
    default:
      return change(condition);
  }
}
