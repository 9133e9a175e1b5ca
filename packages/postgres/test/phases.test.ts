// Large tables are changed in phases: others go on writing meanwhile, and what is cut short leaves nothing behind.
import { applyChanges, createXrm, defineModel, findDrift, planChanges } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { errorOf } from "@kith/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { direct, temporary as make, serverUrl } from "./fixture.ts";

let temporary: ReturnType<typeof make>;
beforeEach(() => {
  temporary = make({}, 0);
});
afterEach(() => temporary.cleanup());

const modelOf = (version: number, fields: object, options: object = {}) =>
  defineModel({ version, entities: [defineEntity("thing", { ...options, fields: fields as never })] as never });
const before = modelOf(1, { code: field.text(), size: field.text(), note: field.text(), up: field.lookup("thing") });
const after = modelOf(
  2,
  {
    code: field.text({ required: true, unique: true, fold: false, default: "none" }),
    amount: field.integer({ required: true, was: "size", default: 7 }),
    note: field.text({ indexed: true }),
    level: field.integer({ required: true, default: 3 }),
    mark: field.text({ required: true, default: () => "made" }),
    no: field.autonumber("{0000}"),
    up: field.lookup("thing"),
    other: field.lookup("thing"),
  },
  { checks: { some: { where: { level: { gte: 0 } }, message: "too low" } } },
);

const count = 1_500;
async function fill(): Promise<void> {
  const xrm = await createXrm<any>({ model: before, storage: temporary.storage });
  const things = xrm.entity("thing");
  const [first] = await things.createMany([{ code: "c0", size: "0", note: "n" }]);
  for (let at = 1; at < count; at += 500) {
    const some = Array.from({ length: Math.min(500, count - at) }, (_, i) => at + i);
    await things.createMany(some.map((i) => ({ code: `c${i}`, size: `${i}`, note: `n${i % 10}`, up: first?.["id"] })));
  }
  await xrm.close();
}

const apply = async (storage = temporary.storage) => {
  const plan = await planChanges({ model: after, storage });
  const confirm = plan.steps.filter((step) => step.class === "confirm").map(({ id }) => id);
  return applyChanges({ model: after, storage, plan, confirm });
};

/** What the server says that is not finished. */
const unfinished = () =>
  direct(
    `select conname as name from pg_constraint where connamespace = $1::regnamespace and (not convalidated or conname like 'kith_new%')
     union all select relname from pg_class where relnamespace = $1::regnamespace and relname like 'kith_new%'
     union all select relname from pg_index join pg_class c on c.oid = indexrelid where relnamespace = $1::regnamespace and not (indisvalid and indisready)
     union all select attname from pg_attribute join pg_class c on c.oid = attrelid where relnamespace = $1::regnamespace and relkind = 'r' and attname like 'kith_new%' and not attisdropped`,
    [temporary.schema],
  );

async function looksAs(rows: readonly Record<string, unknown>[], wanted: ReadonlyMap<string, string>): Promise<void> {
  expect(rows).toHaveLength(wanted.size);
  for (const row of rows) {
    expect(String(row["amount"])).toBe(wanted.get(String(row["code"])));
    expect(row).toMatchObject({ level: 3, mark: "made" });
  }
  expect(new Set(rows.map((row) => row["no"])).size).toBe(rows.length);
  expect(await findDrift({ model: after, storage: temporary.storage })).toEqual([]);
  expect(await unfinished()).toEqual([]);
}

describe("in phases", () => {
  it("others write meanwhile, and nothing of it is lost", async () => {
    await fill();
    const wanted = new Map(Array.from({ length: count }, (_, i) => [`c${i}`, `${i}`]));
    const xrm = await createXrm<any>({ model: before, storage: temporary.storage, logger: { error: () => undefined } });
    const things = xrm.entity("thing");
    const all = (await things.findMany({ select: { id: true, code: true } } as never)) as Record<string, string>[];
    let done = false;
    const stopped: string[] = [];
    const writing = (async () => {
      for (let i = 0; !done; i++) {
        try {
          const one = all[(i * 379) % all.length] as Record<string, string>;
          await things.update(one["id"] as string, { size: `${90_000 + i}` });
          wanted.set(one["code"] as string, `${90_000 + i}`);
          await things.create({ code: `new${i}`, size: `${i}` });
          wanted.set(`new${i}`, `${i}`);
        } catch (error) {
          stopped.push((error as { code: string }).code);
          break;
        }
      }
    })();
    await apply();
    done = true;
    await writing;
    await xrm.close();
    expect(["", "MODEL_CHANGED", "MODEL_OLDER"]).toContain(stopped[0] ?? "");
    expect(wanted.size).toBeGreaterThan(count);
    const now = await createXrm<any>({ model: after, storage: temporary.storage });
    await looksAs((await now.entity("thing").findMany()) as Record<string, unknown>[], wanted);
    await now.close();
  });

  it("whoever writes what the new model forbids meanwhile is refused, or the change is, with nothing left behind", async () => {
    await fill();
    const plan = await planChanges({ model: after, storage: temporary.storage });
    await direct(`update "${temporary.schema}".thing set code = 'c1' where code = 'c2'`);
    const confirm = plan.steps.filter((step) => step.class === "confirm").map(({ id }) => id);
    const error = await errorOf(() => applyChanges({ model: after, storage: temporary.storage, confirm }));
    expect(error).toMatchObject({ code: "MODEL_CHANGED" });
    expect(await unfinished()).toEqual([]);
    expect(await findDrift({ model: before, storage: temporary.storage })).toEqual([]);
  });

  it.each([30, 60, 90, 120, 160, 200, 300, 400])(
    "a connection that breaks after %i ms: the next start is whole",
    async (ms) => {
      await fill();
      const name = `cut_${temporary.schema}`;
      const cut = make({ schema: temporary.schema, url: serverUrl(), applicationName: name }, 0);
      const applying = apply(cut.storage).then(
        () => "done",
        () => "cut",
      );
      await new Promise((resolve) => setTimeout(resolve, ms));
      await direct("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", [name]);
      const told = await applying;
      // A connection that breaks at the very commit cannot tell whether it came through.
      const [stored] = await direct(`select value from "${temporary.schema}".kith_meta where key = 'version'`);
      const ended = (stored as { value?: unknown }).value === `${after.version}` ? "done" : told;
      if (ended === "cut" && ms % 20 === 0) {
        // The program of the old model goes on, as if nothing had been tried.
        const old = await createXrm<any>({ model: before, storage: temporary.storage });
        await old.entity("thing").create({ code: null, size: null });
        await old.close();
        expect(await unfinished()).toEqual([]);
        expect(await findDrift({ model: before, storage: temporary.storage })).toEqual([]);
        await direct(`delete from "${temporary.schema}".thing where code is null`);
      }
      if (ended === "cut") await apply();
      const xrm = await createXrm<any>({ model: after, storage: temporary.storage });
      const wanted = new Map(Array.from({ length: count }, (_, i) => [`c${i}`, `${i}`]));
      await looksAs((await xrm.entity("thing").findMany()) as Record<string, unknown>[], wanted);
      await xrm.close();
      const left = await direct(`select 1 from "${temporary.schema}".kith_journal where ended_at is null`);
      expect(left).toEqual([]);
    },
  );
});
