import { defineEntity, defineModel, definePlugin, field, XrmError } from "@kith/core";
import { describe, expect, test } from "vitest";

/** Problems of a declaration as `code path`, in order. */
function problems(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (error instanceof XrmError && error.code === "INVALID_MODEL")
      return error.issues.map((issue) => `${issue.code} ${issue.path.join(".")}`);
    throw error;
  }
  return [];
}

const entities =
  (...list: unknown[]) =>
  () =>
    defineModel({ entities: list as never });
const withField = (def: unknown, name = "f") => entities(defineEntity("thing", { fields: { [name]: def } as never }));
const messageOf = (make: () => unknown): string => {
  try {
    make();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

describe("names", () => {
  test.each([
    "__proto__",
    "constructor",
    "toString",
    "then",
    "Account",
    "a-b",
    "a b",
    "a'b",
    'a"b',
    "a;drop",
    "ação",
    "😀",
    "",
    "1a",
    "as",
    "transaction",
    "entity",
    "invoke",
    "close",
    "unsafe",
    "kith",
    "kithMeta",
    `a${"b".repeat(40)}`,
  ])("entity %j is refused", (name) => expect(problems(entities(defineEntity(name, { fields: {} })))).toHaveLength(1));
  test.each([
    "constructor",
    "hasOwnProperty",
    "then",
    "id",
    "version",
    "createdAt",
    "tenant",
    "owner",
    "deletedAt",
    "eq",
    "in",
    "isNull",
    "and",
    "or",
    "not",
    "some",
    "X",
    "a_b",
    "é",
    `a${"b".repeat(40)}`,
  ])("field %j is refused", (name) => expect(problems(withField(field.text(), name))).toHaveLength(1));
  test("a field named __proto__ is refused", () => {
    const fields = JSON.parse('{"__proto__": {"kind": "text"}}') as never;
    expect(problems(entities(defineEntity("thing", { fields })))).toEqual(["BAD_NAME thing.__proto__"]);
  });
  test.each(["order", "select", "group", "table", "where", "index"])("the SQL word %j is a fine name", (name) => {
    expect(problems(entities(defineEntity(name, { fields: { [name]: field.text() } })))).toEqual([]);
  });
  test("names that are stored alike clash", () => {
    const fields = { name: field.text(), nameFold: field.text() };
    expect(problems(entities(defineEntity("thing", { fields })))).toEqual(["NAME_CLASH thing.nameFold"]);
  });
  test("an entity declared twice names both plugins", () => {
    const one = definePlugin({ id: "one", entities: [defineEntity("thing", { fields: {} })] });
    const two = definePlugin({ id: "two", entities: [defineEntity("thing", { fields: {} })] });
    expect(messageOf(() => defineModel({ plugins: [one, two] }))).toMatch(/plugin 'two'.*by plugin 'one'/);
  });
});

describe("options", () => {
  test.each(["history", "softDelete", "ownership", "policies", "workflows", "views"])(
    "%s is refused by name",
    (option) => {
      const message = messageOf(entities(defineEntity("thing", { fields: {}, [option]: true } as never)));
      expect(message).toContain(`thing.${option}`);
      expect(message).toContain("not there yet");
    },
  );
  test.each(["sensitive", "restricted"])("%s on a field is refused by name", (option) => {
    expect(problems(withField({ kind: "text", [option]: true }))).toEqual([`NOT_YET thing.f.${option}`]);
  });
  test.each([
    ["an unknown option", { kind: "text", requird: true }, "UNKNOWN_KEY thing.f.requird"],
    ["a wrong type", { kind: "text", required: "yes" }, "WRONG_TYPE thing.f.required"],
    ["an option that the kind does not take", { kind: "boolean", unique: true }, "UNKNOWN_KEY thing.f.unique"],
    ["an unknown kind", { kind: "txt" }, "UNKNOWN_KIND thing.f.kind"],
    ["no field at all", 5, "WRONG_TYPE thing.f"],
    ["min above max", field.text({ min: 5, max: 3 }), "BAD_OPTION thing.f.min"],
    ["text too long for text", field.text({ max: 5_000 }), "BAD_OPTION thing.f.max"],
    ["a pattern that does not compile", field.text({ pattern: "(" }), "BAD_OPTION thing.f.pattern"],
    ["a label without English", field.text({ label: { "pt-BR": "x" } as never }), "WRONG_TYPE thing.f.label"],
    ["searchable that is no word", { kind: "text", searchable: "yes" }, "WRONG_TYPE thing.f.searchable"],
    ["a weight that is none", { kind: "text", searchable: { weight: "E" } }, "BAD_OPTION thing.f.searchable"],
    ["a misspelt weight", { kind: "text", searchable: { weigth: "A" } }, "UNKNOWN_KEY thing.f.searchable"],
    ["searchable on what has no words", { kind: "integer", searchable: true }, "UNKNOWN_KEY thing.f.searchable"],
    ["a default that does not suit", field.integer({ default: "x" as never }), "BAD_OPTION thing.f.default"],
    ["a default that is too long", field.text({ max: 2, default: "long" }), "BAD_OPTION thing.f.default"],
    [
      "a default of null on a required field",
      field.text({ required: true, default: null as never }),
      "BAD_OPTION thing.f.default",
    ],
    [
      "a choice that is not among the values",
      field.choice(["a"], { default: "b" as never }),
      "BAD_OPTION thing.f.default",
    ],
    ["a choice without values", field.choice([]), "BAD_OPTION thing.f.values"],
    ["a choice with a value twice", field.choice(["a", "a"]), "BAD_OPTION thing.f.values"],
    [
      "labels of values that are not there",
      field.choice(["a"], { labels: { b: "B" } as never }),
      "BAD_OPTION thing.f.labels",
    ],
    ["money without a currency", field.money(), "BAD_OPTION thing.f.currency"],
    ["money in a currency that is none", field.money({ currency: "real" }), "BAD_OPTION thing.f.currency"],
    [
      "money in a field that is not there",
      field.money({ currencyField: "cur" }),
      "UNKNOWN_FIELD thing.f.currencyField",
    ],
    ["money whose currency is itself", field.money({ currencyField: "f" }), "UNKNOWN_FIELD thing.f.currencyField"],
    ["a lookup to nothing", field.lookup("thng"), "UNKNOWN_ENTITY thing.f.to"],
    [
      "a required lookup that is cleared",
      field.lookup("thing", { required: true, onDelete: "clear" }),
      "BAD_OPTION thing.f.onDelete",
    ],
    ["a lookup to several that lists one", field.lookup(["thing"]), "BAD_OPTION thing.f.to"],
    ["a lookup to several that lists none", field.lookup([]), "BAD_OPTION thing.f.to"],
    ["a lookup to several that lists one twice", field.lookup(["thing", "thing"]), "BAD_OPTION thing.f.to"],
    ["a lookup to several, one of them nothing", field.lookup(["thing", "thng"]), "UNKNOWN_ENTITY thing.f.to"],
    [
      "a part of addresses that is none",
      field.address({ indexedParts: ["town" as never] }),
      "BAD_OPTION thing.f.indexedParts",
    ],
    ["an address that would be unique", { kind: "address", unique: true }, "UNKNOWN_KEY thing.f.unique"],
    ["a duration that is none", field.duration({ min: "an hour" }), "BAD_OPTION thing.f.min"],
    ["a former name that is none", field.text({ was: "F" }), "BAD_OPTION thing.f.was"],
    ["a former value of none", field.choice(["a"], { wasValues: { b: "x" } as never }), "BAD_OPTION thing.f.wasValues"],
    [
      "a former value that still is one",
      field.choice(["a", "b"], { wasValues: { a: "b" } }),
      "BAD_OPTION thing.f.wasValues",
    ],
    ["children via nothing", field.children("thing", { via: "parent" }), "UNKNOWN_FIELD thing.f.via"],
    ["a link through nothing", field.link("thing", { through: "nothing" }), "UNKNOWN_ENTITY thing.f.through"],
    ["an autonumber without a number", field.autonumber("INV-{yyyy}"), "BAD_OPTION thing.f.pattern"],
    ["an autonumber with another brace", field.autonumber("INV-{year}-{0000}"), "BAD_OPTION thing.f.pattern"],
    ["a JSON Schema that is none", field.json({ schema: { type: "strng" } }), "BAD_OPTION thing.f.schema"],
  ])("%s", (_, def, problem) => expect(problems(withField(def))).toEqual([problem]));

  test.each([
    [field.lookup(["account"]), "lists 'account' alone; a lookup to one entity is field.lookup('account')"],
    [field.lookup([]), "list the entities that it may lead to"],
    [field.choice([]), "must list at least 1"],
    [field.choice(["a", "b", "a"]), "lists the same twice, as number 1 and number 3"],
    [field.choice(["a", ""]), "at 1 must not be empty"],
    [field.text({ max: 0 }), "must be at least 1"],
    [field.text({ max: "5" as never }), "must be a whole number"],
    [field.choice(["a"], { wasValues: { a: [""] } }), "at a.0 must not be empty"],
  ])("says in plain words what to write: %j", (def, text) => expect(messageOf(withField(def))).toContain(text));

  test("every problem is told at once, with its plugin", () => {
    const plugin = definePlugin({
      id: "fleet",
      requires: ["crm"],
      entities: [
        defineEntity("vehicle", {
          title: "plat" as never,
          fields: { plate: field.text({ max: 9_999 }), driver: field.lookup("person") },
          unique: [["plat" as never]],
          checks: { sane: { where: { plat: "x" } as never, message: "no" } },
        }),
      ],
      extend: { acount: { fleet: field.text() } },
      hooks: { vehicl: {}, vehicle: { beforeSave() {} } },
    });
    const found = problems(() => defineModel({ plugins: [plugin] }));
    expect(found).toEqual([
      "PLUGIN_MISSING ",
      "UNKNOWN_ENTITY acount",
      "BAD_OPTION vehicle.plate.max",
      "UNKNOWN_ENTITY vehicle.driver.to",
      "UNKNOWN_FIELD vehicle.unique",
      "UNKNOWN_FIELD vehicle.title",
      "BAD_OPTION vehicle.checks",
      "UNKNOWN_ENTITY vehicl.hooks",
      "UNKNOWN_KEY vehicle.hooks",
    ]);
    expect(messageOf(() => defineModel({ plugins: [plugin] }))).toContain("plugin 'fleet'");
  });

  test("plugins that require each other in a circle are named", () => {
    const a = definePlugin({ id: "a", requires: ["b"] });
    const b = definePlugin({ id: "b", requires: ["a"] });
    expect(messageOf(() => defineModel({ plugins: [a, b] }))).toContain("a → b → a");
  });

  test.each([
    [null],
    [{}],
    [{ plugins: 5 }],
    [{ plugins: [null] }],
    [{ plugins: [{ id: "X" }] }],
    [{ plugins: [], currency: "real" }],
    [{ plugins: [], version: 0 }],
    [{ plugins: [], plugin: [] }],
    [{ entities: [null] }],
    [{ entities: [{ name: "x" }] }],
  ])("defineModel(%j) is refused", (options) =>
    expect(problems(() => defineModel(options as never)).length).toBeGreaterThan(0),
  );
});

describe("the canonical form", () => {
  const account = (options: object) =>
    defineEntity("account", { label: "Account", fields: { name: field.text(options) } });
  test("does not depend on the order of keys, nor on functions", () => {
    const a = defineModel({ entities: [account({ required: true, max: 20, default: () => "x" })] });
    const b = defineModel({ entities: [account({ default: () => "y", max: 20, required: true })] });
    expect(a.hash).toBe(b.hash);
    expect(JSON.parse(JSON.stringify(a))).toEqual(JSON.parse(JSON.stringify(b)));
  });
  test("does depend on everything else", () => {
    expect(defineModel({ entities: [account({ max: 20 })] }).hash).not.toBe(
      defineModel({ entities: [account({ max: 21 })] }).hash,
    );
  });
  test("a model is frozen", () => {
    const model = defineModel({ entities: [account({})] });
    expect(Object.isFrozen(model)).toBe(true);
    expect(Object.isFrozen(model.entities.get("account"))).toBe(true);
    expect(() => {
      (model.entities.get("account") as unknown as { table: string }).table = "x";
    }).toThrow();
  });
});
