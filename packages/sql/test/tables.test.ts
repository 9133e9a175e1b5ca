import { defineModel, definePlugin } from "@kith/core";
import { defineEntity, field } from "@kith/schema";
import { describe, expect, it } from "vitest";
import { desiredTables } from "../src/change/desired.ts";
import { indexName } from "../src/names.ts";

const tablesOf = (...entities: unknown[]) =>
  desiredTables({} as never, defineModel({ plugins: [definePlugin({ id: "p", entities: entities as never })] }));
const indexesOf = (entity: unknown) =>
  tablesOf(defineEntity("to", { fields: {} }), entity)[1]?.indexes.map(
    ({ columns, unique }) => `${unique ? "unique " : ""}${columns.join()}`,
  );

describe("the indexes of an entity", () => {
  it("hold the columns that sort a field, then the id; lookups stay narrow", () => {
    const entity = defineEntity("a", {
      indexes: [
        ["stage", "due"],
        ["to", "due"],
      ],
      fields: {
        name: field.text({ indexed: true }),
        exact: field.text({ indexed: true, fold: false }),
        stage: field.choice(["x"], { indexed: true }),
        due: field.date({ indexed: true }),
        to: field.lookup("to"),
        other: field.lookup("to"),
      },
    });
    expect(indexesOf(entity)).toEqual(
      ["name_fold,name,id", "exact,id", "stage,id", "due,id", "stage,due,id", "to,due,id", "other"].sort(
        byOrder(indexesOf(entity)),
      ),
    );
  });

  it("leave out what another one begins with", () => {
    const entity = defineEntity("a", {
      unique: [["to", "name"]],
      indexes: [["name"], ["name", "due"]],
      fields: {
        name: field.text({ indexed: true, fold: false, unique: true }),
        due: field.date(),
        to: field.lookup("to"),
        number: field.autonumber("{0000}"),
      },
    });
    expect(
      indexesOf(entity)
        ?.filter((one) => !one.startsWith("unique"))
        .sort(),
    ).toEqual(["name,due,id", "name,id"]);
    expect(
      indexesOf(entity)
        ?.filter((one) => one.startsWith("unique"))
        .sort(),
    ).toEqual(["unique name", "unique number", "unique to,name"]);
  });

  it("have names that fit, and that differ", () => {
    const long = Array.from({ length: 6 }, (_, i) => `a_rather_long_column_${i}`);
    const names = [
      indexName("index", "t", long),
      indexName("index", "t", long.slice(0, 5)),
      indexName("unique", "t", long),
    ];
    expect(new Set(names).size).toBe(3);
    expect(indexName("index", "order", ["line_name"])).not.toBe(indexName("index", "order_line", ["name"]));
    expect(indexName("index", "a", ["b_c", "d"])).not.toBe(indexName("index", "a", ["b", "c_d"]));
    for (const name of names) expect(name.length).toBeLessThanOrEqual(60);
    expect(indexName("index", "account", ["name"])).toBe("kith_index_account__name");
  });
});

/** The order in which the other list has the same things. */
function byOrder(list: readonly string[] = []) {
  return (a: string, b: string) => list.indexOf(a) - list.indexOf(b);
}
