/** Random pages and includes, compared with what plain readings of whole tables say. */

import assert from "node:assert/strict";
import { defineModel, type Xrm } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { Random } from "../random/random.ts";
import { topic } from "./case.ts";

type Row = Record<string, any>;
type Key = readonly [name: string, direction: 1 | -1];

const group = defineEntity("group", {
  fields: {
    name: field.text({ required: true, fold: false }),
    parent: field.lookup("group"),
    subgroups: field.children("group", { via: "parent" }),
    items: field.children("item", { via: "group" }),
    guests: field.link("item", { through: "visit" }),
  },
});
const item = defineEntity("item", {
  indexes: [["size"], ["group", "day"], ["group", "size", "day"], ["size", "day"]],
  fields: {
    group: field.lookup("group"),
    size: field.integer(),
    day: field.date(),
    word: field.text({ fold: false, indexed: true }),
    visited: field.link("group", { through: "visit" }),
    visits: field.children("visit", { via: "item" }),
  },
});
const visit = defineEntity("visit", {
  fields: { item: field.lookup("item", { onDelete: "cascade" }), group: field.lookup("group"), size: field.integer() },
});
const model = defineModel({ entities: [group, item, visit] });

/** What leads from an entity to others. */
const relations: Record<string, Record<string, { to: string; of: (all: All, row: Row) => Row[]; one?: true }>> = {
  group: {
    parent: { to: "group", of: (all, row) => all["group"].filter(({ id }) => id === row["parent"]), one: true },
    subgroups: { to: "group", of: (all, row) => all["group"].filter(({ parent }) => parent === row["id"]) },
    items: { to: "item", of: (all, row) => all["item"].filter((one) => one["group"] === row["id"]) },
    guests: { to: "item", of: (all, row) => behind(all, "item", (one) => one["group"] === row["id"]) },
  },
  item: {
    group: { to: "group", of: (all, row) => all["group"].filter(({ id }) => id === row["group"]), one: true },
    visited: { to: "group", of: (all, row) => behind(all, "group", (one) => one["item"] === row["id"]) },
    visits: { to: "visit", of: (all, row) => all["visit"].filter((one) => one["item"] === row["id"]) },
  },
  visit: {
    item: { to: "item", of: (all, row) => all["item"].filter(({ id }) => id === row["item"]), one: true },
    group: { to: "group", of: (all, row) => all["group"].filter(({ id }) => id === row["group"]), one: true },
  },
};
const sortable: Record<string, readonly string[]> = {
  group: ["name", "id"],
  item: ["size", "day", "word", "id"],
  visit: ["size", "id"],
};
type All = { readonly group: Row[]; readonly item: Row[]; readonly visit: Row[] } & Record<string, Row[]>;

function behind(all: All, entity: "group" | "item", tied: (visit: Row) => boolean): Row[] {
  const ids = new Set(all["visit"].filter(tied).map((one) => one[entity]));
  return all[entity].filter(({ id }) => ids.has(id));
}

/** Nulls smallest, the id last, in the direction of the key before it. */
function byKeys(keys: readonly Key[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const [name, direction] of [...keys, ["id", keys.at(-1)?.[1] ?? 1] as const]) {
      const [x, y] = [a[name], b[name]];
      if (x === y) continue;
      return x !== null && (y === null || x > y) ? direction : -direction;
    }
    return 0;
  };
}

function someKeys(random: Random, entity: string): Key[] {
  return random
    .some(sortable[entity] as readonly string[], random.int(0, 3))
    .map((name) => [name, random.chance(0.5) ? 1 : -1] as const);
}

const orderBy = (keys: readonly Key[]) => keys.map(([name, way]) => ({ [name]: way === 1 ? "asc" : "desc" }));
const newItem = (random: Random, groups: readonly Row[]) => ({
  group: random.chance(0.2) ? null : random.pick(groups)["id"],
  size: random.chance(0.4) ? null : random.int(0, 3),
  day: random.chance(0.4) ? null : `2026-01-0${random.int(1, 4)}`,
  word: random.chance(0.4) ? null : random.pick(["a", "b", "é", "\u{1f600}", ""]),
});

async function plantRandom(xrm: Xrm<any>, random: Random, items: number): Promise<Row[]> {
  const groups = await xrm.entity("group").createMany(random.times(6, (i) => ({ name: `g${i % 4}` })));
  for (const one of groups.slice(1)) {
    await xrm.entity("group").update(String(one["id"]), { parent: random.pick(groups)["id"] });
  }
  const made = await xrm.entity("item").createMany(random.times(items, () => newItem(random, groups)));
  await xrm.entity("visit").createMany(
    random.times(items, () => ({
      item: random.chance(0.1) ? null : random.pick(made)["id"],
      group: random.chance(0.1) ? null : random.pick(groups)["id"],
      size: random.chance(0.3) ? null : random.int(0, 3),
    })),
  );
  return groups;
}

interface Wanted {
  readonly query: Row;
  readonly expect: (all: All, rows: readonly Row[]) => Row[];
}

/** A random query on an entity with includes of its own, and what it gives of candidates. */
function wanted(random: Random, entity: string, depth: number, one = false): Wanted {
  const keys = one ? [] : someKeys(random, entity);
  const limit = one || random.chance(0.3) ? undefined : random.int(0, 4);
  const size = entity !== "group" && random.chance(0.3) ? random.int(0, 3) : undefined;
  const names = depth > 0 ? random.some(Object.keys(relations[entity] as object), random.int(0, 2)) : [];
  const includes = names.map((name) => {
    const relation = (relations[entity] as (typeof relations)[string])[name] as (typeof relations)[string][string];
    return { name, relation, inner: wanted(random, relation.to, depth - 1, relation.one) };
  });
  const query = {
    select: { id: true },
    ...(keys.length > 0 ? { orderBy: orderBy(keys) } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(size === undefined ? {} : { where: { size } }),
    ...(includes.length > 0
      ? { include: Object.fromEntries(includes.map(({ name, inner }) => [name, inner.query])) }
      : {}),
  };
  const expect = (all: All, rows: readonly Row[]) =>
    [...rows]
      .filter((row) => size === undefined || row["size"] === size)
      .sort(byKeys(keys))
      .slice(0, limit)
      .map((row) => {
        const shown: Row = { id: row["id"] };
        for (const { name, relation, inner } of includes) {
          const found = inner.expect(all, relation.of(all, row));
          shown[name] = relation.one ? (found[0] ?? null) : found;
        }
        return shown;
      });
  return { query, expect };
}

/** Random cases on reads. */
export const randomReads = topic("random-reads", {
  async "pages-while-records-come-and-go"(t) {
    const xrm = await t.open(model);
    const random = new Random(3);
    const groups = await plantRandom(xrm, random, 40);
    const items = xrm.entity("item");
    for (let walk = 0; walk < 40; walk++) {
      const keys = someKeys(random, "item");
      const where = random.pick<Row>([{}, {}, { size: random.int(0, 3) }, { group: random.pick(groups)["id"] }]);
      const query = { where, orderBy: orderBy(keys), limit: random.int(1, 9) };
      const compare = byKeys(keys);
      const fits = (row: Row) => Object.entries(where).every(([name, value]) => row[name] === value);
      let place: Row | undefined;
      let after: string | null = null;
      do {
        const page: { rows: Row[]; next: string | null } = await items.findPage({
          ...query,
          ...(after ? { after } : {}),
        });
        const all: Row[] = await items.findMany({});
        const at = place;
        const rest = all.filter((row) => fits(row) && (at === undefined || compare(row, at) > 0)).sort(compare);
        const said = JSON.stringify({ ...query, walk });
        assert.deepEqual(page.rows, rest.slice(0, query.limit), said);
        assert.equal(page.next === null, rest.length <= query.limit, said);
        place = page.rows.at(-1);
        after = page.next;
        // Often the very record that the cursor stands at goes, too.
        for (const gone of new Set(random.some([...all, ...(place ? [place, place] : [])], random.int(0, 2)))) {
          if (await items.findOne({ where: { id: gone["id"] } })) await items.delete(gone["id"]);
        }
        await items.createMany(random.times(random.int(0, 2), () => newItem(random, groups)));
      } while (after !== null);
    }
  },

  async "includes-at-any-depth"(t) {
    const xrm = await t.open(model);
    const random = new Random(4);
    await plantRandom(xrm, random, 40);
    const all = {
      group: (await xrm.entity("group").findMany({})) as Row[],
      item: (await xrm.entity("item").findMany({})) as Row[],
      visit: (await xrm.entity("visit").findMany({})) as Row[],
    } as All;
    for (let i = 0; i < 60; i++) {
      const entity = random.pick(["group", "item", "visit"]);
      const { query, expect } = wanted(random, entity, 4);
      const rows = await xrm.entity(entity).findMany(query);
      assert.deepEqual(rows, expect(all, all[entity] as Row[]), JSON.stringify({ entity, query }));
    }
  },
});
