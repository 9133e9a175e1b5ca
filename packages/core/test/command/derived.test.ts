/** A field type may derive its value from the rest of the record: what formulas will stand on. */

import {
  createXrm,
  defineEntity,
  defineFieldType,
  defineModel,
  definePlugin,
  type Field,
  type FieldType,
  field,
} from "@kith/core";
import { memory } from "@kith/memory";
import { integerType } from "@kith/schema";
import { sqlite } from "@kith/sqlite";
import { errorOf } from "@kith/testing";
import { describe, expect, test } from "vitest";

const sumType: FieldType<number> = {
  ...integerType,
  kind: "sum",
  options: { of: { type: "array", items: { type: "string" } } },
  common: ["label", "help"],
  derive: (record, def) => {
    const parts = (def["of"] as string[]).map((name) => record[name] as number | null);
    return parts.includes(null) ? null : (parts as number[]).reduce((a, b) => a + b, 0);
  },
};
const sum = defineFieldType(sumType, (of: readonly string[]) => ({ of })) as unknown as (
  of: readonly string[],
) => Field<number | null, "generated", number | null, "number", true>;
const order = defineEntity("order", {
  fields: { net: field.integer(), tax: field.integer(), gross: sum(["net", "tax"]) },
});
const model = defineModel({ plugins: [definePlugin({ id: "shop", entities: [order], fieldTypes: [sumType] })] });

describe.each([
  ["memory", () => memory()],
  ["sqlite", () => sqlite({ file: ":memory:" })],
])("on %s", (_, storage) => {
  test("it is stored with the record, follows its changes, and answers queries", async () => {
    const xrm = await createXrm({ model, storage: storage() });
    const [a, b] = await xrm.order.createMany([{ net: 100, tax: 20 }, { net: 5 }]);
    expect([a?.gross, b?.gross]).toEqual([120, null]);
    const changed: string[][] = [];
    xrm.$.on("order.updated", (event) => void changed.push([...event.changed]));
    expect(await xrm.order.update(b?.id as string, { tax: 1 })).toMatchObject({ gross: 6, version: 2 });
    expect(await xrm.order.update(b?.id as string, { tax: 1 })).toMatchObject({ gross: 6, version: 2 });
    expect(changed).toEqual([["tax", "gross"]]);
    expect(await xrm.order.findMany({ where: { gross: { gt: 10 } } as never, orderBy: { gross: "desc" } })).toEqual([
      a,
    ]);
    expect(await errorOf(() => xrm.order.create({ net: 1, gross: 5 } as never))).toMatchObject({
      code: "INVALID_RECORD",
      field: "gross",
    });
    expect(await errorOf(() => xrm.order.update(b?.id as string, { gross: 5 } as never))).toMatchObject({
      code: "INVALID_RECORD",
      field: "gross",
    });
    await errorOf(() => xrm.order.update(b?.id as string, { tax: Number.MAX_SAFE_INTEGER }));
    expect(await xrm.order.get(b?.id as string)).toMatchObject({ tax: 1, gross: 6 });
    await xrm.close();
  });
});
