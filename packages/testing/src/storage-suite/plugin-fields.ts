/** Field types of plugins: over several columns, and of parts. */

import assert from "node:assert/strict";
import { defineModel, definePlugin } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { address, addressType, geo, geoType } from "../plugin-types.ts";
import { column, refused, topic } from "./case.ts";

const place = defineEntity("place", {
  fields: { name: field.text(), at: geo({ unique: true }) as never, address: address() as never },
});
const model = defineModel({
  plugins: [definePlugin({ id: "places", entities: [place], fieldTypes: [geoType, addressType] })],
});

const missing = { street: null, city: null, postcode: null, country: null };

/** Cases on field types that a plugin brings. */
export const pluginFields = topic("plugin-fields", {
  async "a-value-over-several-columns"(t) {
    const places = (await t.open(model)).entity("place");
    const made = await places.create({ name: "a", at: { lng: 2.5, lat: -0 } });
    assert.deepEqual(made["at"], { lat: 0, lng: 2.5 });
    await places.createMany([{ name: "b", at: { lat: 10, lng: 10 } }, { name: "c" }]);
    assert.deepEqual(column(await places.findMany(), "at"), [{ lat: 0, lng: 2.5 }, { lat: 10, lng: 10 }, null]);
    const names = async (where: object) => column(await places.findMany({ where }), "name");
    assert.deepEqual(await names({ at: { near: { lat: 0, lng: 0, degrees: 3 } } }), ["a"]);
    assert.deepEqual(await names({ not: { at: { near: { lat: 0, lng: 0, degrees: 3 } } } }), ["b", "c"]);
    assert.deepEqual(await names({ at: { eq: { lat: 10, lng: 10 } } }), ["b"]);
    assert.deepEqual(await names({ at: { ne: { lat: 10, lng: 10 } } }), ["a", "c"]);
    assert.deepEqual(await names({ at: null }), ["c"]);
    assert.deepEqual(await places.update(String(made["id"]), { at: { lat: 0, lng: 2.5 } }), made);
    await refused("UNIQUE", places.create({ at: { lat: 10, lng: 10 } }));
    assert.equal((await places.update(String(made["id"]), { at: null }))["at"], null);
    await refused("INVALID_RECORD", places.create({ at: { lat: 91, lng: 0 } }));
  },

  async "a-value-of-parts"(t) {
    const places = (await t.open(model)).entity("place");
    const full = { street: "Rua A", city: "São Paulo", postcode: "01000", country: "BR" };
    const made = await places.create({ name: "a", address: full });
    assert.deepEqual(made["address"], full);
    await places.createMany([{ name: "b", address: { city: "Berlin", country: "DE" } }, { name: "c" }]);
    assert.deepEqual(column(await places.findMany(), "address"), [
      full,
      { ...missing, city: "Berlin", country: "DE" },
      null,
    ]);
    const names = async (where: object) => column(await places.findMany({ where }), "name");
    assert.deepEqual(await names({ address: { city: { startsWith: "sao" } } }), ["a"]);
    assert.deepEqual(await names({ address: { city: "Berlin", country: { in: ["DE", "US"] } } }), ["b"]);
    assert.deepEqual(await names({ address: { street: null } }), ["b", "c"]);
    assert.deepEqual(await names({ address: { country: { ne: "BR" } } }), ["b", "c"]);
    assert.deepEqual(await names({ address: null }), ["c"]);
    assert.deepEqual(await names({ address: { isNull: false } }), ["a", "b"]);
    assert.equal((await places.update(String(made["id"]), { address: full }))["version"], 1);
    const changed = await places.update(String(made["id"]), { address: { city: "Rio" } });
    assert.deepEqual([changed["address"], changed["version"]], [{ ...missing, city: "Rio" }, 2]);
    assert.deepEqual(await places.get(String(made["id"])), changed);
    assert.equal((await places.update(String(made["id"]), { address: null }))["address"], null);
  },
});
