/** What a case of the change suite does with the storage that it is given. */

import assert from "node:assert/strict";
import { applyChanges, capabilitiesOf, createXrm, findDrift, type Model, planChanges, type Xrm } from "@kith/core";
import type { ChangeCase, ChangeContext, ChangeUnderTest, Row } from "./case.ts";

/** Fields that every record has; what a change does is told by the others. */
const system = new Set(["id", "version", "createdAt", "createdBy", "updatedAt", "updatedBy"]);

/** Runs a case on a storage of its own, and takes away what was made. */
export async function runChangeCase(
  create: () => ChangeUnderTest | Promise<ChangeUnderTest>,
  run: ChangeCase["run"],
): Promise<void> {
  const { storage, direct, cleanup } = await create();
  const systems: Xrm<any>[] = [];
  try {
    const lasting = storage.changes !== undefined && capabilitiesOf(storage).durable;
    assert(lasting, `storage '${storage.name}' keeps nothing that could be changed: the change suite is not for it`);
    await run(contextOf(storage, direct, systems));
  } finally {
    for (const xrm of systems) await xrm.close();
    await cleanup?.();
  }
}

function contextOf(
  storage: ChangeUnderTest["storage"],
  direct: ChangeUnderTest["direct"],
  systems: Xrm<any>[],
): ChangeContext {
  const open: ChangeContext["open"] = async (model, options = {}) => {
    const xrm = await createXrm<any>({ model, storage, ...options });
    systems.push(xrm);
    return xrm;
  };
  const using = async <T>(model: Model<any>, work: (xrm: Xrm<any>) => Promise<T>): Promise<T> => {
    const xrm = await open(model);
    try {
      return await work(xrm);
    } finally {
      await xrm.close();
    }
  };
  const plan: ChangeContext["plan"] = (model, options = {}) => planChanges({ model, storage, ...options });
  const apply: ChangeContext["apply"] = (model, options = {}) => applyChanges({ model, storage, ...options });
  const drift: ChangeContext["drift"] = (model) => findDrift({ model, storage });
  return {
    direct: async (sql) => direct(sql),
    open,
    make: (model, entity, rows) =>
      using(model, async (xrm) => {
        const made = (await xrm.entity(entity).createMany(rows as never)) as Row[];
        return made.map((row) => String(row["id"]));
      }),
    held: (model, entity = "thing") =>
      using(model, async (xrm) => ((await xrm.entity(entity).findMany()) as Row[]).map(ownValues)),
    plan,
    steps: async (model) => (await plan(model)).steps.map((step) => `${step.class} ${step.id}`),
    refusals: async (model) => (await plan(model)).steps.filter((step) => step.class === "refused"),
    apply,
    change: async (model) => {
      const made = await plan(model);
      const confirm = made.steps.filter((step) => step.class === "confirm").map(({ id }) => id);
      const report = await apply(model, { plan: made, confirm });
      assert.deepEqual(await drift(model), []);
      return report;
    },
    drift,
  };
}

function ownValues(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !system.has(name)));
}
