/** The suite that every storage must pass. */

import { capabilitiesOf, createXrm, type Model, type Storage, type Xrm } from "@kith/core";
import type { SuiteApi } from "../api.ts";
import { declareCases } from "../declare-cases.ts";
import { aggregates } from "./aggregates.ts";
import { autonumbers } from "./autonumbers.ts";
import { buckets } from "./buckets.ts";
import { bulk } from "./bulk.ts";
import type { CaseContext, StorageCase, StorageUnderTest } from "./case.ts";
import { changes } from "./changes.ts";
import { concurrency } from "./concurrency.ts";
import { control } from "./control.ts";
import { conversion } from "./conversion.ts";
import { crud } from "./crud.ts";
import { durability } from "./durability.ts";
import { figures } from "./figures.ts";
import { includes } from "./includes.ts";
import { jsonPaths } from "./json-paths.ts";
import { limits } from "./limits.ts";
import { links } from "./links.ts";
import { logic } from "./logic.ts";
import { operators } from "./operators.ts";
import { order } from "./order.ts";
import { paging } from "./paging.ts";
import { places } from "./places.ts";
import { pluginFields } from "./plugin-fields.ts";
import { randomReads } from "./random-reads.ts";
import { references } from "./references.ts";
import { referencesToSeveral } from "./references-to-several.ts";
import { relative } from "./relative.ts";
import { reports } from "./reports.ts";
import { savepoints } from "./savepoints.ts";
import { searches } from "./search.ts";
import { searchWrites } from "./search-writes.ts";
import { streams } from "./streams.ts";
import { transactions } from "./transactions.ts";
import { uniques } from "./uniques.ts";
import { upserts } from "./upserts.ts";
import { values } from "./values.ts";

/** Every case, in the order in which they run. */
export const storageCases: readonly StorageCase[] = [
  ...crud,
  ...values,
  ...pluginFields,
  ...places,
  ...operators,
  ...relative,
  ...jsonPaths,
  ...logic,
  ...links,
  ...order,
  ...includes,
  ...paging,
  ...randomReads,
  ...searches,
  ...searchWrites,
  ...streams,
  ...aggregates,
  ...buckets,
  ...reports,
  ...conversion,
  ...figures,
  ...uniques,
  ...upserts,
  ...references,
  ...referencesToSeveral,
  ...bulk,
  ...transactions,
  ...savepoints,
  ...concurrency,
  ...control,
  ...autonumbers,
  ...durability,
  ...changes,
  ...limits,
];

/** What the suite is told about a storage. */
export interface StorageSubject {
  /** Its name in the tests' names. */
  readonly name: string;
  /** An empty storage of its own for each case. */
  readonly create: () => StorageUnderTest | Promise<StorageUnderTest>;
  /** Cases that are known to fail, by id, each with its reason. They are run all the same: one that passes is an error. None unless given. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

/**
 * Proves a storage through the public API: records, values, filters, order, includes, paging, aggregates, constraints, transactions, concurrency,
 * counters, durability, and what it makes of a new model. Each case runs on an empty storage of its own.
 *
 * @param api the test runner's `describe` and `it`
 * @throws {RangeError} when an exception names no case
 * @example
 * storageSuite({ describe, it }, {
 *   name: 'sqlite',
 *   create: () => {
 *     const folder = mkdtempSync(join(tmpdir(), 'kith-'))
 *     return { storage: sqlite({ file: join(folder, 'crm.db') }), cleanup: () => rmSync(folder, { recursive: true }) }
 *   },
 * })
 */
export function storageSuite(api: SuiteApi, { name, create, exceptions = {} }: StorageSubject): void {
  declareCases(api, {
    suite: "storage suite",
    title: `storage ${name}`,
    cases: storageCases,
    exceptions,
    run: (run) => runCase(create, run),
  });
}

async function runCase(create: StorageSubject["create"], run: StorageCase["run"]): Promise<void> {
  const { storage, reopen, cleanup } = await create();
  const systems: Xrm<any>[] = [];
  const clock = { now: Date.UTC(2026, 0, 31, 9, 30) };
  const open = async (on: Storage, model: Model<any>, options: object = {}): Promise<Xrm<any>> => {
    const xrm = await createXrm<any>({ model, storage: on, clock: () => clock.now, ...options });
    systems.push(xrm);
    return xrm;
  };
  const closeAll = async () => {
    for (const xrm of systems.splice(0)) await xrm.close();
  };
  const context: CaseContext = {
    storage,
    capabilities: capabilitiesOf(storage),
    clock,
    open: (model, options) => open(storage, model, options),
    restart: async (model) => {
      await closeAll();
      return open((await reopen?.()) ?? storage, model);
    },
  };
  try {
    await run(context);
  } finally {
    await closeAll();
    await cleanup?.();
  }
}
