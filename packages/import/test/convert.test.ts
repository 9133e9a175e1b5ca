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
import { importRecords } from "@kith/import";
import { memory } from "@kith/memory";
import { equality, integerType } from "@kith/schema";
import { describe, expect, it } from "vitest";

const stars: FieldType<number> = { ...integerType, kind: "stars", options: {}, operators: () => equality(() => stars) };
const starsField = defineFieldType<[], Field<number, "optional">>(stars, () => ({}));

const thing = defineEntity("thing", {
  fields: {
    text: field.text(),
    integer: field.integer(),
    number: field.number(),
    decimal: field.decimal({ scale: 3 }),
    percent: field.percent(),
    money: field.money(),
    boolean: field.boolean(),
    date: field.date(),
    datetime: field.datetime(),
    time: field.time(),
    choice: field.choice(["new", "Fechado", "aberto"]),
    multi: field.multiChoice(["email", "phone", "post"]),
    tags: field.tags(),
    json: field.json(),
    phone: field.phone(),
    user: field.user(),
    stars: starsField(),
  },
});
const model = defineModel({
  plugins: [definePlugin({ id: "test", entities: [thing], fieldTypes: [stars] })],
  currency: "BRL",
});

/** What the text of one cell becomes, or the code of its rejection. */
async function read(name: string, cell: string, options: object = {}): Promise<unknown> {
  const xrm = await createXrm({ model, storage: memory() });
  const source = [`${name}\n"${cell.replaceAll('"', '""')}"\n`];
  const result = await importRecords(xrm, { entity: "thing", source, map: { [name]: { from: name, ...options } } });
  const [row] = await xrm.thing.findMany();
  const [rejected] = result.rejects;
  if (rejected) {
    expect(rejected.field).toBe(name);
    return rejected.code;
  }
  return (row as unknown as Record<string, unknown>)[name];
}

type Case = readonly [field: string, cell: string, value: unknown, options?: object];
const comma = { decimalComma: true };
const brazilian = { decimalComma: true, thousands: "." };
const utc = { timeZone: "UTC" };
const saoPaulo = { timeZone: "America/Sao_Paulo" };
const cases: readonly Case[] = [
  ["text", "  Acme  ", "Acme"],
  ["text", "  Acme  ", "  Acme  ", { trim: false }],
  ["text", "   ", "   ", { trim: false }],
  ["text", "x", "y", { aliases: { x: "y" } }],
  ["text", " x ", "y", { aliases: { x: "y" }, trim: false }],
  ["text", "X", "X", { aliases: { x: "y" } }],
  ["text", "n/a", null, { aliases: { "n/a": null } }],
  ["text", "n/a", null, { aliases: { "n/a": "" } }],
  ["text", "007", "007"],
  ["integer", "42", 42],
  ["integer", "+42", 42],
  ["integer", "-7", -7],
  ["integer", "42.00", 42],
  ["integer", "42.5", "BAD_NUMBER"],
  ["integer", "4 2", "BAD_NUMBER"],
  ["integer", "1,234", "BAD_NUMBER"],
  ["integer", "1,234", 1234, { thousands: "," }],
  ["integer", "12,34", "BAD_NUMBER", { thousands: "," }],
  ["integer", "1.234.567", 1_234_567, brazilian],
  ["integer", "99999999999999999999", "NOT_WHOLE"],
  ["integer", "0x10", "BAD_NUMBER"],
  ["integer", "Infinity", "BAD_NUMBER"],
  ["number", "12.5", 12.5],
  ["number", "1.5e3", 1500],
  ["number", "1e999", "NOT_FINITE"],
  ["number", "12,5", "BAD_NUMBER"],
  ["number", "12,5", 12.5, comma],
  ["number", "NaN", "BAD_NUMBER"],
  ["percent", "12.5", 12.5],
  ["decimal", "1.5", "1.500"],
  ["decimal", "1.23456", "SCALE"],
  ["money", "1054", "1054.00"],
  ["money", "1100.04", "1100.04"],
  ["money", "-0.50", "-0.50"],
  ["money", "1.234,56", "1234.56", brazilian],
  ["money", "1234,56", "1234.56", brazilian],
  ["money", "1.234,56", "BAD_NUMBER", comma],
  ["money", "1.23,4", "BAD_NUMBER", brazilian],
  ["money", "1 234.56", "1234.56", { thousands: " " }],
  ["money", "1\u00a0234.56", "1234.56", { thousands: " " }],
  ["money", "1'234.56", "1234.56", { thousands: "'" }],
  ["money", "9007199254740993.01", "9007199254740993.01"],
  ["money", "R$ 5", "BAD_NUMBER"],
  ["boolean", "true", true],
  ["boolean", "Yes", true],
  ["boolean", "SIM", true],
  ["boolean", "1", true],
  ["boolean", "Não", false],
  ["boolean", "nao", false],
  ["boolean", "no", false],
  ["boolean", "0", false],
  ["boolean", "FALSE", false],
  ["boolean", "maybe", "BAD_BOOLEAN"],
  ["date", "2026-01-31", "2026-01-31"],
  ["date", "2026-02-30", "DATE"],
  ["date", "31/01/2026", "DATE"],
  ["date", "31/01/2026", "2026-01-31", { format: "DD/MM/YYYY" }],
  ["date", "1/2/26", "2026-02-01", { format: "D/M/YY" }],
  ["date", "1/2/69", "1969-02-01", { format: "D/M/YY" }],
  ["date", "30/02/2026", "BAD_TIME", { format: "DD/MM/YYYY" }],
  ["date", "2026-01-31", "BAD_TIME", { format: "DD/MM/YYYY" }],
  ["date", "20260131", "2026-01-31", { format: "YYYYMMDD" }],
  ["time", "09:30", "09:30:00"],
  ["time", "9:30", "TIME"],
  ["time", "9h30", "TIME"],
  ["time", "9-30", "09:30:00", { format: "H-mm" }],
  ["time", "25-30", "BAD_TIME", { format: "H-mm" }],
  ["datetime", "2026-01-31T09:30:00Z", "2026-01-31T09:30:00.000Z"],
  ["datetime", "2026-01-31T09:30:00-03:00", "2026-01-31T12:30:00.000Z"],
  ["datetime", "2026-01-31 09:30", "DATETIME"],
  ["datetime", "2026-01-31 09:30", "2026-01-31T09:30:00.000Z", utc],
  ["datetime", "2026-01-31", "2026-01-31T03:00:00.000Z", saoPaulo],
  ["datetime", "2026-01-31T09:30:00.25", "2026-01-31T12:30:00.250Z", saoPaulo],
  ["datetime", "2026-01-31T09:30:00+01:00", "2026-01-31T08:30:00.000Z", saoPaulo],
  ["datetime", "31/01/2026 09:30", "2026-01-31T12:30:00.000Z", { ...saoPaulo, format: "DD/MM/YYYY HH:mm" }],
  ["datetime", "31/01/2026 09:30", "2026-01-31T12:30:00.000Z", { timeZone: "-03:00", format: "DD/MM/YYYY HH:mm" }],
  // Clocks went back at midnight on 2019-02-17 in São Paulo, and jumped over midnight on 2018-11-04.
  ["datetime", "2019-02-16 23:30", "2019-02-17T01:30:00.000Z", saoPaulo],
  ["datetime", "2018-11-04 00:30", "BAD_TIME", saoPaulo],
  ["datetime", "2018-11-04 01:00", "2018-11-04T03:00:00.000Z", saoPaulo],
  ["choice", "new", "new"],
  ["choice", "NEW", "new"],
  ["choice", "fechado", "Fechado"],
  ["choice", "closed", "CHOICE"],
  ["choice", "closed", "Fechado", { aliases: { closed: "Fechado" } }],
  ["multi", "post; email", ["email", "post"]],
  ["multi", "POST|email", ["email", "post"]],
  ["multi", "fax", "CHOICE"],
  ["tags", "vip; new |  ;old", ["vip", "new", "old"]],
  ["tags", "a;b/c", ["a;b", "c"], { separator: "/" }],
  ["tags", '["a;b","c"]', ["a;b", "c"]],
  ["tags", "[draft]", ["[draft]"]],
  ["json", '{"b":1,"a":[true,null]}', { a: [true, null], b: 1 }],
  ["json", "{oops", "JSON"],
  ["phone", "+55 (11) 91234-5678", "+5511912345678"],
  ["phone", "1234", "PHONE"],
  ["user", "ana", "ana"],
  ["stars", "4", 4],
  ["stars", "many", "BAD_NUMBER"],
];

describe("text of cells", () => {
  for (const [name, cell, value, options] of cases) {
    const by = options ? ` by ${JSON.stringify(options)}` : "";
    it(`${name} ${JSON.stringify(cell)} becomes ${JSON.stringify(value)}${by}`, async () => {
      expect(await read(name, cell, options)).toEqual(value);
    });
  }

  it("leaves empty cells out", async () => {
    const xrm = await createXrm({ model, storage: memory() });
    const names = Object.keys(thing.fields);
    await importRecords(xrm, { entity: "thing", source: [`${names}\n${names.map(() => " ")}\n`] });
    const [row] = await xrm.thing.findMany();
    for (const name of names) expect(row).toHaveProperty(name, null);
  });

  it("refuses options that cannot be, before anything is read", async () => {
    const refused = async (name: string, options: object) =>
      (await read(name, "x", options).catch((error: Error) => error.message)) as string;
    expect(await refused("datetime", { timeZone: "Mars/Olympus" })).toContain("no time zone that Node knows");
    expect(await refused("datetime", { format: "DD/MM/YYYY" })).toContain("map.datetime.timeZone is missing");
    expect(await refused("date", { format: "DD/MM/YYYY HH:mm" })).toContain(
      "has the hour and the minute, which the field does not hold",
    );
    expect(await refused("date", { format: "dd/MM/YYYY" })).toContain("has 'd', which stands for nothing");
    expect(await refused("date", { format: "DD/DD/YYYY" })).toContain("names the day twice");
    expect(await refused("money", { thousands: "." })).toContain("map.money.thousands is the decimal sign too");
    expect(await refused("text", { decimalComma: true })).toContain("says nothing about 'text'");
  });

  it("takes conversions for all columns from defaults, where they have a use", async () => {
    const xrm = await createXrm({ model, storage: memory() });
    const source = ["text;money;number;datetime\n 1,5 ;1.000,50;2,5;2026-01-31 00:00\n"];
    await importRecords(xrm, {
      entity: "thing",
      source,
      defaults: { ...brazilian, ...saoPaulo, trim: false } as never,
    });
    expect(await xrm.thing.findMany()).toMatchObject([
      { text: " 1,5 ", money: "1000.50", number: 2.5, datetime: "2026-01-31T03:00:00.000Z" },
    ]);
  });
});
