/** The operations: their arguments, the same for every contender in a round, and what of their answers is compared. */

import type { Contender, ListArgs, Row } from "./contender.ts";
import {
  below,
  type Entity,
  firstFresh,
  idOf,
  lastNames,
  pick,
  probabilityOf,
  random,
  type Sizes,
  stages,
  type Values,
  valuesOf,
} from "./data.ts";

/** A prepared operation. */
export interface Job {
  readonly args: readonly unknown[];
  readonly call: (arg: any) => unknown;
  /** Tidies up; not timed. */
  readonly after?: () => unknown;
}

/** An operation. */
export interface Op {
  readonly title: string;
  /** Calls in a round. */
  readonly calls: number;
  /** The table that it writes, whose changes are compared and then undone. */
  readonly writes?: "contact" | "opportunity";
  readonly has: (contender: Contender) => boolean;
  readonly prepare: (contender: Contender, round: Round) => Job | Promise<Job>;
  /** What of an answer has to be equal. Left out: nothing. */
  readonly compared?: (answer: any) => unknown;
}

/** What arguments are made from. */
export interface Round {
  readonly number: number;
  readonly calls: number;
  readonly sizes: Sizes;
  readonly next: () => number;
  /** An ordinal that no other operation of any round has. */
  readonly fresh: (i: number) => number;
}

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const jobOf = <A>(args: readonly A[], call: (arg: A) => unknown): Job => ({ args, call });
const lists = ({ calls, next }: Round): ListArgs[] =>
  times(calls, () => ({ stage: pick(next, stages), above: `${below(next, 60_000)}.00` }));
const some = (entity: Entity, { calls, next, sizes }: Round) =>
  times(calls, () => 1 + below(next, sizes[entity])).map((ordinal) => idOf(entity, ordinal));

/** What every contender gives a new record of its own. */
const settled = (row: Row) => ({ ...row, id: typeof row["id"], createdAt: 0, updatedAt: 0 });
const bySum = (rows: Row[]) =>
  rows.map((row) => JSON.stringify([row["stage"] ?? row["closeDate"], row["count"], row["sum"]])).sort();

/** By name, in the order of the table. */
export const ops: Readonly<Record<string, Op>> = {
  create: {
    title: "create",
    calls: 300,
    writes: "contact",
    has: (c) => c.create !== undefined,
    prepare: (c, round) =>
      jobOf(
        times(round.calls, (i) => valuesOf("contact", round.fresh(i), round.sizes)),
        (values: Values) => c.create(values),
      ),
    compared: settled,
  },
  bulk: {
    title: "bulk of 500",
    calls: 4,
    writes: "opportunity",
    has: (c) => c.bulk !== undefined,
    prepare: (c, round) =>
      jobOf(
        times(round.calls, (k) => times(500, (i) => valuesOf("opportunity", round.fresh(k * 500 + i), round.sizes))),
        (list: Values[]) => c.bulk?.(list),
      ),
    compared: (rows: Row[]) => rows.map(settled),
  },
  get: {
    title: "get",
    calls: 1_000,
    has: (c) => c.get !== undefined,
    prepare: (c, round) => jobOf(some("contact", round), (id) => c.get(id)),
    compared: (row) => row,
  },
  list: {
    title: "list, filter + sort, 50",
    calls: 100,
    has: (c) => c.list !== undefined,
    prepare: (c, round) => jobOf(lists(round), (args) => c.list?.(args)),
    compared: (rows) => rows,
  },
  listCount: {
    title: "list with count",
    calls: 40,
    has: (c) => c.listCount !== undefined,
    prepare: (c, round) => jobOf(lists(round), (args) => c.listCount?.(args)),
    compared: ({ rows, total }) => ({ rows, total }),
  },
  toOne: {
    title: "50 with two to-one",
    calls: 60,
    has: (c) => c.toOne !== undefined,
    prepare: (c, round) => jobOf(lists(round), (args) => c.toOne?.(args)),
    compared: (rows) => rows,
  },
  toMany: {
    title: "50 with to-many",
    calls: 30,
    has: (c) => c.toMany !== undefined,
    prepare: (c, round) => jobOf(some("appUser", round), (id) => c.toMany?.(id)),
    compared: (rows) => rows,
  },
  update: {
    title: "update one field",
    calls: 300,
    writes: "opportunity",
    has: (c) => c.update !== undefined,
    prepare: (c, { calls, sizes, next, number }) => {
      // Each record once a round, so that every update changes something.
      const first = below(next, sizes.opportunity);
      const ordinals = times(calls, (i) => 1 + ((first + i * 7) % sizes.opportunity));
      const args = ordinals.map((n) => ({ id: idOf("opportunity", n), probability: probabilityOf(n, number + 1) }));
      return jobOf(args, ({ id, probability }) => c.update?.(id, probability));
    },
    compared: (row: Row) => ({ ...row, updatedAt: 0 }),
  },
  delete: {
    title: "delete",
    calls: 300,
    writes: "contact",
    has: (c) => c.delete !== undefined && c.createContacts !== undefined,
    prepare: async (c, round) => {
      const list = times(round.calls, (i) => valuesOf("contact", round.fresh(i), round.sizes));
      return jobOf((await c.createContacts?.(list)) ?? [], (id) => c.delete?.(id));
    },
  },
  search: {
    title: "search, 20 hits",
    calls: 60,
    has: (c) => c.search !== undefined,
    prepare: (c, { calls, next }) =>
      jobOf(
        times(calls, () => pick(next, lastNames).slice(0, 5).toLowerCase()),
        (text) => c.search?.(text),
      ),
    compared: (rows) => rows,
  },
  byStage: {
    title: "count and sum by stage",
    calls: 5,
    has: (c) => c.byStage !== undefined,
    prepare: (c, { calls }) =>
      jobOf(
        times(calls, () => 0),
        () => c.byStage?.(),
      ),
    compared: bySum,
  },
  byMonth: {
    title: "count and sum by month",
    calls: 5,
    has: (c) => c.byMonth !== undefined,
    prepare: (c, { calls }) =>
      jobOf(
        times(calls, () => 0),
        () => c.byMonth?.(),
      ),
    compared: bySum,
  },
};

/** A round of an operation: the same for every contender. */
export function roundOf(name: string, number: number, sizes: Sizes, calls: number): Round {
  const at = Object.keys(ops).indexOf(name);
  const first = firstFresh + (number * 20 + at) * 10_000;
  return { number, calls, sizes, next: random(number * 7_919 + at * 104_729), fresh: (i) => first + i };
}
