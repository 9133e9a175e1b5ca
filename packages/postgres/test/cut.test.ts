// A change in phases that breaks off at any of its statements: the plan made before it holds until the change is made.
import { applyChanges, createXrm, defineModel, findDrift, planChanges } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import pg from "pg";
import { expect, it } from "vitest";
import { temporary as make, serverUrl } from "./fixture.ts";

const modelOf = (version: number, fields: object) =>
  defineModel({ version, entities: [defineEntity("thing", { fields: fields as never })] as never });
const before = modelOf(1, { code: field.text(), size: field.text(), up: field.lookup("thing") });
const after = modelOf(2, {
  code: field.text({ required: true, unique: true, fold: false }),
  size: field.integer({ indexed: true }),
  level: field.integer({ required: true, default: 3 }),
  no: field.autonumber("{000}"),
  up: field.lookup("thing", { required: true }),
});

it("leaves a plan as it was, at whatever statement all connections break", async () => {
  let left = Number.POSITIVE_INFINITY;
  const open = new Set<pg.Client>();
  class Breaking extends pg.Client {
    constructor(config: pg.ClientConfig) {
      super(config);
      open.add(this);
      this.on("error", () => undefined);
    }
    override query(...args: [never]): never {
      if (--left === 0)
        for (const one of open) (one as unknown as { connection: pg.Connection }).connection.stream.destroy();
      return super.query(...args) as never;
    }
  }
  const temporary = make({}, 0);
  const storage = temporary.storage;
  const old = await createXrm<any>({ model: before, storage });
  const [first] = await old.entity("thing").createMany([{ code: "c0", size: "0" }]);
  const up = (first as { id: string }).id;
  await old.entity("thing").createMany([1, 2, 3].map((n) => ({ code: `c${n}`, size: `${n}`, up })));
  await old.entity("thing").update(up, { up });
  await old.close();
  const plan = await planChanges({ model: after, storage });
  const confirm = plan.steps.filter((step) => step.class === "confirm").map(({ id }) => id);
  expect(plan.steps.filter((step) => step.class === "refused")).toEqual([]);
  let cuts = 0;
  for (;;) {
    const pool = new pg.Pool({ connectionString: serverUrl(), Client: Breaking as never, max: 4 });
    pool.on("error", () => undefined);
    const { storage: breaking } = make({ pool, schema: temporary.schema }, 0);
    left = cuts + 1;
    const done = await applyChanges({ model: after, storage: breaking, plan, confirm }).then(
      () => true,
      () => false,
    );
    if (left > 0) expect(done).toBe(true);
    left = Number.POSITIVE_INFINITY;
    await pool.end();
    open.clear();
    const now = await planChanges({ model: after, storage });
    if (now.steps.length === 0) break;
    expect(now.hash).toBe(plan.hash);
    expect(now.steps).toEqual(plan.steps);
    cuts += 3;
  }
  expect(cuts).toBeGreaterThan(30);
  expect(await findDrift({ model: after, storage })).toEqual([]);
  const xrm = await createXrm<any>({ model: after, storage });
  expect(await xrm.entity("thing").findMany({ select: { code: true, size: true, no: true } } as never)).toEqual(
    [0, 1, 2, 3].map((n) => ({ code: `c${n}`, size: n, no: `00${n + 1}` })),
  );
  await xrm.close();
  await temporary.cleanup();
}, 60_000);
