/** Addresses, points on the earth and lengths of time: values of several columns, and what can be asked of them. */

import assert from "node:assert/strict";
import { defineModel } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { column, refused, topic } from "./case.ts";

const model = defineModel({
  entities: [
    defineEntity("place", {
      fields: {
        name: field.text(),
        at: field.geo({ unique: true, indexed: true }),
        address: field.address({ indexedParts: ["city"] }),
        visits: field.duration({ min: "PT0S" }),
        parent: field.lookup("place"),
      },
    }),
  ],
});

const empty = { street: null, street2: null, city: null, region: null, postcode: null, country: null };
const full = {
  street: "Rua A",
  street2: "3º",
  city: "São Paulo",
  region: "SP",
  postcode: "01000-000",
  country: "BR",
};

/** Cases on addresses, points and durations. */
export const places = topic("places", {
  async "an-address-and-its-parts"(t) {
    const all = (await t.open(model)).entity("place");
    const made = await all.create({ name: "a", address: { ...full, city: " São Paulo ", country: "br" } });
    assert.deepEqual(made["address"], full);
    await all.createMany([{ name: "b", address: { city: "Berlin", country: "DE", street: "" } }, { name: "c" }]);
    assert.deepEqual(column(await all.findMany(), "address"), [
      full,
      { ...empty, city: "Berlin", country: "DE" },
      null,
    ]);
    const names = async (where: object) => column(await all.findMany({ where }), "name");
    assert.deepEqual(await names({ address: { city: { startsWith: "sao" } } }), ["a"]);
    assert.deepEqual(await names({ address: { city: "Berlin", country: { in: ["DE", "US"] } } }), ["b"]);
    assert.deepEqual(await names({ address: { street: null } }), ["b", "c"]);
    assert.deepEqual(await names({ address: { country: { ne: "BR" } } }), ["b", "c"]);
    assert.deepEqual(await names({ address: null }), ["c"]);
    assert.deepEqual(await names({ address: { isNull: false } }), ["a", "b"]);
    assert.equal((await all.update(String(made["id"]), { address: full }))["version"], 1);
    const changed = await all.update(String(made["id"]), { address: { city: "Rio" } });
    assert.deepEqual([changed["address"], changed["version"]], [{ ...empty, city: "Rio" }, 2]);
    assert.deepEqual(await all.get(String(made["id"])), changed);
    assert.equal((await all.update(String(made["id"]), { address: null }))["address"], null);
    await refused("INVALID_RECORD", all.create({ address: { city: "" } }));
    await refused("INVALID_QUERY", all.findMany({ where: { address: { town: "x" } } }));
    await refused("INVALID_QUERY", all.findMany({ orderBy: { address: "asc" } }));
  },

  async "parts-sort-page-and-group"(t) {
    const all = (await t.open(model)).entity("place");
    const cities = ["Berlin", "aachen", "São Paulo", "Sao Paulo", null, "Zürich", "Aachen"];
    const rows = await all.createMany(
      cities.map((city, i) => ({
        name: `${i}`,
        address: city === null ? null : { city, country: i < 2 ? "DE" : "BR" },
      })),
    );
    await all.updateMany({ name: "0" }, { parent: rows[5]?.["id"] });
    const orderBy = { address: { city: "asc" } };
    const sorted = ["4", "6", "1", "0", "3", "2", "5"];
    assert.deepEqual(column(await all.findMany({ orderBy }), "name"), sorted);
    assert.deepEqual(
      column(await all.findMany({ orderBy: { address: { city: "desc" } } }), "name"),
      [...sorted].reverse(),
    );
    const paged: unknown[] = [];
    let after: string | undefined;
    do {
      const page = await all.findPage({ orderBy, limit: 2, ...(after === undefined ? {} : { after }) });
      paged.push(...column(page.rows, "name"));
      after = page.next ?? undefined;
    } while (after !== undefined);
    assert.deepEqual(paged, sorted);
    assert.deepEqual(
      column(await all.findMany({ orderBy: [{ parent: { address: { city: "desc" } } }, { name: "asc" }] }), "name")[0],
      "0",
    );
    assert.deepEqual(
      await all.aggregate({
        groupBy: { address: { country: true } },
        measures: { count: "count", cities: { countDistinct: "address" } },
        orderBy: { address: { country: "desc" } },
      }),
      [
        { address: { country: "DE" }, count: 2, cities: 2 },
        { address: { country: "BR" }, count: 4, cities: 4 },
        { address: { country: null }, count: 1, cities: 0 },
      ],
    );
  },

  async "near-is-along-the-earth"(t) {
    const all = (await t.open(model)).entity("place");
    const points: Record<string, readonly [number, number]> = {
      saoPaulo: [-23.5505, -46.6333],
      rio: [-22.9068, -43.1729],
      berlin: [52.52, 13.405],
      north: [90, 77],
      almostNorth: [89.9, -120],
      south: [-90, 5],
      fijiWest: [-17, 179.9],
      fijiEast: [-17, -179.9],
      dateLine: [-17, -180],
      zero: [0, 0],
    };
    await all.createMany([
      ...Object.entries(points).map(([name, [lat, lng]]) => ({ name, at: { lat, lng } })),
      { name: "nowhere" },
    ]);
    const near = async (lat: number, lng: number, km: number) =>
      column(await all.findMany({ where: { at: { near: { lat, lng, km } } } }), "name");
    assert.deepEqual(await near(-23.5505, -46.6333, 0), ["saoPaulo"]);
    // São Paulo and Rio de Janeiro lie 361 km apart.
    assert.deepEqual(await near(-23.5505, -46.6333, 360), ["saoPaulo"]);
    assert.deepEqual(await near(-23.5505, -46.6333, 361), ["saoPaulo", "rio"]);
    assert.deepEqual(await near(90, -45, 0), ["north"]);
    assert.deepEqual(await near(89.95, 60, 20), ["north", "almostNorth"]);
    assert.deepEqual(await near(-90, 170, 1), ["south"]);
    assert.deepEqual(await near(-17, 180, 0), ["dateLine"]);
    assert.deepEqual(await near(-17, -180, 12), ["fijiWest", "fijiEast", "dateLine"]);
    assert.deepEqual(await near(-17, 179.95, 6), ["fijiWest", "dateLine"]);
    assert.equal((await near(0, 0, 20_016)).length, 10);
    assert.deepEqual((await near(0, 0, 10_007)).includes("north"), false);
    assert.deepEqual((await near(0, 0, 10_008)).includes("north"), true);
    const outside = await all.findMany({ where: { not: { at: { near: { lat: 0, lng: 0, km: 20_016 } } } } });
    assert.deepEqual(column(outside, "name"), ["nowhere"]);
    assert.deepEqual((await all.findOne({ where: { name: "dateLine" } }))?.["at"], { lat: -17, lng: 180 });
    assert.equal(await all.count({ where: { at: { eq: { lat: -90, lng: 12 } } } }), 1);
    assert.equal(await all.count({ where: { at: { ne: { lat: -90, lng: 12 } } } }), 10);
    await refused("UNIQUE", all.create({ at: { lat: -17, lng: 180 } }));
    await refused("INVALID_QUERY", all.count({ where: { at: { near: { lat: 0, lng: 0, km: -1 } } } }));
    await refused("INVALID_QUERY", all.count({ where: { at: { near: { lat: 0, lng: 0 } } } }));
    await refused("INVALID_QUERY", all.findMany({ orderBy: { at: "asc" } }));
  },

  async "durations-add-up-to-durations"(t) {
    const all = (await t.open(model)).entity("place");
    const made = await all.createMany([
      { name: "a", visits: "PT90M" },
      { name: "a", visits: "P1DT0.5S" },
      { name: "b", visits: "PT0S" },
      { name: "b", visits: "PT0.001S" },
      { name: "c" },
    ]);
    assert.deepEqual(column(made, "visits"), ["PT1H30M", "PT24H0.5S", "PT0S", "PT0.001S", null]);
    const longest = { where: { visits: { gte: "PT1H" } }, orderBy: { visits: "desc" as const } };
    assert.deepEqual(column(await all.findMany(longest), "visits"), ["PT24H0.5S", "PT1H30M"]);
    assert.deepEqual(
      await all.aggregate({
        groupBy: { name: true },
        measures: { sum: { sum: "visits" }, avg: { avg: "visits" }, max: { max: "visits" } },
        orderBy: { sum: "desc" },
      }),
      [
        { name: "a", sum: "PT25H30M0.5S", avg: "PT12H45M0.25S", max: "PT24H0.5S" },
        { name: "b", sum: "PT0.001S", avg: "PT0.001S", max: "PT0.001S" },
        { name: "c", sum: null, avg: null, max: null },
      ],
    );
    await refused("INVALID_RECORD", all.create({ visits: "-PT1S" }));
    await refused("INVALID_RECORD", all.create({ visits: "P1M" }));
  },
});
