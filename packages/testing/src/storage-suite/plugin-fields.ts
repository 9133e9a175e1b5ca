/** Field types of plugins: over several columns, with an operator of their own. */

import assert from "node:assert/strict";
import { defineModel, definePlugin } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { spot, spotType } from "../plugin-types.ts";
import { column, refused, topic } from "./case.ts";

const place = defineEntity("place", {
  fields: { name: field.text(), at: spot({ unique: true }) as never },
});
const model = defineModel({
  plugins: [definePlugin({ id: "places", entities: [place], fieldTypes: [spotType] })],
});

/** Cases on field types that a plugin brings. */
export const pluginFields = topic("plugin-fields", {
  async "a-value-over-several-columns"(t) {
    const places = (await t.open(model)).entity("place");
    const made = await places.create({ name: "a", at: { lng: 2.5, lat: -0 } });
    assert.deepEqual(made["at"], { lat: 0, lng: 2.5 });
    await places.createMany([{ name: "b", at: { lat: 10, lng: 10 } }, { name: "c" }]);
    assert.deepEqual(column(await places.findMany(), "at"), [{ lat: 0, lng: 2.5 }, { lat: 10, lng: 10 }, null]);
    const names = async (where: object) => column(await places.findMany({ where }), "name");
    assert.deepEqual(await names({ at: { nearby: { lat: 0, lng: 0, degrees: 3 } } }), ["a"]);
    assert.deepEqual(await names({ not: { at: { nearby: { lat: 0, lng: 0, degrees: 3 } } } }), ["b", "c"]);
    assert.deepEqual(await names({ at: { eq: { lat: 10, lng: 10 } } }), ["b"]);
    assert.deepEqual(await names({ at: { ne: { lat: 10, lng: 10 } } }), ["a", "c"]);
    assert.deepEqual(await names({ at: null }), ["c"]);
    assert.deepEqual(await places.update(String(made["id"]), { at: { lat: 0, lng: 2.5 } }), made);
    await refused("UNIQUE", places.create({ at: { lat: 10, lng: 10 } }));
    assert.equal((await places.update(String(made["id"]), { at: null }))["at"], null);
    await refused("INVALID_RECORD", places.create({ at: { lat: 91, lng: 0 } }));
  },
});
