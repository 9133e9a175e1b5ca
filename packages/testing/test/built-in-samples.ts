/** Samples of every built-in field type. */

import { type FieldType, fieldTypes } from "@kith/schema";
import fc from "fast-check";
import {
  edgeDates,
  edgeDurations,
  edgeFloats,
  edgeIntegers,
  edgeTexts,
  edgeTimes,
  type FieldSample,
  type FieldTypeSubject,
  makers,
  Random,
} from "../src/index.ts";

type Given = Omit<FieldTypeSubject, "type">;

/** The package's own random values as an arbitrary. */
function random(kind: string, options: object = {}): fc.Arbitrary<unknown> {
  return fc.integer().map((seed) => makers[kind]?.(new Random(seed), { ...options, kind }));
}

function sample(
  kind: string,
  valid: readonly unknown[],
  invalid: readonly unknown[],
  options?: Readonly<Record<string, unknown>>,
): FieldSample {
  return {
    valid,
    invalid,
    ...(options ? { options } : {}),
    arbitrary: fc.oneof(random(kind, options), fc.string({ unit: "binary" })),
  };
}

const notText = [1, true, {}, [], ["a"], "\0", "a\ud800"];
const id = "018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d";
const ids = [id, id.toUpperCase(), "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"];
const values = ["open", "won", "Lost", "été", "a,b"];
const decimals = [
  "0",
  "-0",
  "0.00",
  "12.5",
  "12.50",
  "+1",
  "-1.01",
  "00012",
  "92233720368547758.07",
  "-92233720368547758.07",
];
const notDecimals = [12.5, "", "1.", ".5", "1,5", "1e3", "12.505", "92233720368547758.08", "NaN", "٣"];

const given: Readonly<Record<string, Given>> = {
  text: {
    samples: [
      sample("text", edgeTexts, [...notText, "x".repeat(256)]),
      sample("text", ["", ...edgeTexts], [...notText, "x".repeat(256)], { fold: false }),
      sample("text", ["ab", "👍👍", "abcde"], ["a", "👍", "abcdef", ""], { min: 2, max: 5 }),
      sample("text", ["AB-1", "ZZ-99"], ["ab-1", "AB-", "xAB-1"], { pattern: "^[A-Z]{2}-[0-9]+$", required: true }),
    ],
    refused: [
      { min: 5, max: 2 },
      { max: 0 },
      { max: 5_000 },
      { min: -1 },
      { pattern: "(" },
      { fold: "no" },
      { scale: 2 },
    ],
  },
  longText: {
    samples: [sample("longText", [...edgeTexts, "x".repeat(1_000_000)], [...notText, "x".repeat(1_000_001)])],
    refused: [{ max: 1_000_001 }, { min: 3, max: 2 }, { fold: true }],
  },
  email: {
    samples: [
      sample(
        "email",
        ["a@b.co", "A@B.CO", "joão@münchen.de", "o'neil+x@a.b.c"],
        ["a", "a@b", "a b@c.de", "@b.co", "a@b..co", "a@@b.co", `${"x".repeat(65)}@b.co`, 1],
      ),
      sample("email", ["a@b.co", "A@B.CO"], ["a"], { fold: false }),
    ],
    refused: [{ max: 10 }, { fold: 1 }],
  },
  phone: {
    samples: [
      sample(
        "phone",
        ["+5511912345678", "+55 (11) 91234-5678", "+1.212.555.0100", "+49/30/1234567"],
        ["5511912345678", "+0123456789", "+123", "+55 11 abc", "", 5511],
      ),
    ],
    refused: [{ pattern: "x" }],
  },
  url: {
    samples: [
      sample(
        "url",
        ["https://example.com", "HTTP://Example.com/a?b=%20#c", "https://müller.de/é", "http://localhost:3000"],
        ["example.com", "ftp://a.b", "javascript:alert(1)", "https://", "https://a b.c", "", 1],
      ),
    ],
    refused: [{ max: 10 }],
  },
  integer: {
    samples: [
      sample("integer", edgeIntegers, ["1", 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, true, [], {}]),
      sample("integer", [-3, 0, 3], [-4, 4], { min: -3, max: 3 }),
    ],
    refused: [{ min: 1.5 }, { min: 3, max: 2 }, { max: "9" }],
  },
  number: {
    samples: [
      sample(
        "number",
        [...edgeFloats, ...edgeIntegers, Number.MAX_VALUE, -Number.MAX_VALUE],
        ["1", Number.NaN, Number.POSITIVE_INFINITY, [], {}, 1n],
      ),
    ],
    refused: [{ min: 3, max: 2 }],
  },
  percent: {
    samples: [sample("percent", [0, 12.5, 100], [-1, 100.1, "5"], { min: 0, max: 100 })],
    refused: [{ max: "a" }],
  },
  decimal: {
    samples: [
      sample("decimal", decimals, notDecimals),
      sample(
        "decimal",
        ["0", "1", "-9223372036854775807", "9223372036854775807", "12.000"],
        ["0.5", "9223372036854775808"],
        { scale: 0 },
      ),
      sample("decimal", ["0.000000000001", "-9223372.036854775807", "5"], ["0.0000000000001", "9223373"], {
        scale: 12,
      }),
      sample("decimal", ["-1.5", "0", "2"], ["-1.51", "2.01"], { min: "-1.5", max: "2" }),
    ],
    refused: [{ scale: 13 }, { scale: -1 }, { min: "2", max: "1" }, { min: "x" }, { max: "1.005" }],
  },
  money: {
    samples: [
      sample("money", decimals, notDecimals, { currency: "BRL" }),
      sample("money", decimals, notDecimals, { currencyField: "currency" }),
    ],
    refused: [{ currency: "real" }, { currency: "BRL", currencyField: "c" }],
  },
  boolean: {
    samples: [sample("boolean", [true, false], [0, 1, "true", "", [], {}])],
    refused: [{ unique: true }, { min: 1 }],
  },
  date: {
    samples: [
      sample("date", edgeDates, [
        "2026-02-29",
        "2026-1-1",
        "0000-01-01",
        "10000-01-01",
        "2026-01-01T00:00:00Z",
        "",
        20260101,
      ]),
      sample("date", ["2024-01-01", "2024-12-31"], ["2023-12-31", "2025-01-01"], {
        min: "2024-01-01",
        max: "2024-12-31",
      }),
    ],
    refused: [{ min: "2024-02-30" }, { min: "2025-01-01", max: "2024-01-01" }, { max: 5 }],
  },
  datetime: {
    samples: [
      sample(
        "datetime",
        [
          "2026-01-31T09:30:00Z",
          "2026-01-31t09:30:00.5z",
          "2026-01-31 09:30:00+01:30",
          "2026-01-31T00:00:00.000000000-0200",
          "0001-01-01T00:00:00Z",
          "9999-12-31T23:59:59.999Z",
        ],
        [
          "2026-01-31",
          "2026-01-31T09:30Z",
          "2026-01-31T09:30:00",
          "2026-01-31T24:00:00Z",
          "2026-01-31T09:30:00.0001Z",
          "0001-01-01T00:00:00+01:00",
          "9999-12-31T23:59:59-01:00",
          0,
        ],
      ),
      sample("datetime", ["2026-01-02T00:00:00Z"], ["2025-12-31T23:59:59Z"], { min: "2026-01-01T00:00:00Z" }),
    ],
    refused: [{ min: "2026-01-01" }],
  },
  time: {
    samples: [sample("time", [...edgeTimes, "09:30"], ["24:00", "9:30", "09:60", "09:30:60", "", 930])],
    refused: [{ max: "25:00" }],
  },
  duration: {
    samples: [
      sample(
        "duration",
        [...edgeDurations, "-PT1H", "+pt1h", "P1DT2H", "PT1,5S", "-PT0S", "PT0.1230S"],
        [
          "P1Y",
          "P1M",
          "P1Y2D",
          "P",
          "PT",
          "P1DT",
          "1H",
          "PT1.5H30M",
          "PT0.0001S",
          "P1H",
          "PT9007199254740.992S",
          "PT99999999999999H",
          "",
          90,
        ],
      ),
      sample("duration", ["PT0S", "P1D", "PT15M"], ["-PT1S", "PT24H0.001S"], { min: "PT0S", max: "P1D" }),
    ],
    refused: [{ min: "1h" }, { max: "P1M" }, { min: "PT2H", max: "PT1H" }, { max: 5 }],
  },
  address: {
    samples: [
      sample(
        "address",
        [
          { city: "São Paulo" },
          { city: " São Paulo ", street: "" },
          { street: "Rua A", street2: "3º", city: "x", region: "SP", postcode: "01000", country: "br" },
          { country: "XK", street: null },
          { country: "DE" },
          { street: "x".repeat(255) },
        ],
        [
          {},
          { city: " ", street: null },
          { town: "x" },
          { city: 1 },
          { country: "XX" },
          { country: "BRA" },
          "Rua A",
          [],
          { postcode: "x".repeat(21) },
          { city: "\0" },
        ],
      ),
      sample("address", [{ city: "x" }, { country: "BR" }], [{}], { indexedParts: ["city", "country"] }),
    ],
    refused: [
      { unique: true },
      { indexed: true },
      { indexedParts: ["town"] },
      { indexedParts: [] },
      { indexedParts: true },
    ],
  },
  geo: {
    samples: [
      {
        ...sample(
          "geo",
          [
            { lat: 0, lng: 0 },
            { lat: -0, lng: 1.5 },
            { lng: 10, lat: 10 },
            { lat: 90, lng: 12 },
            { lat: -90, lng: -180 },
            { lat: 12, lng: -180 },
            { lat: 12, lng: 180 },
            { lat: -23.5505, lng: -46.6333 },
          ],
          [
            {},
            { lat: 91, lng: 0 },
            { lat: 0, lng: 180.1 },
            { lat: "0", lng: 0 },
            { lat: 0, lng: 0, alt: 1 },
            { lat: Number.NaN, lng: 0 },
            [0, 0],
            "0,0",
          ],
        ),
        operands: {
          near: [0, 1e-9, 0.001, 1, 111.2, 1_000, 10_007.6, 20_015.1, 20_015.2, 1e9].flatMap((km) => [
            { lat: 0, lng: 0, km },
            { lat: 12, lng: 180, km },
            { lat: 89.5, lng: -170, km },
            { lat: -90, lng: 0, km },
            { lat: -23.5505, lng: -46.6333, km },
          ]),
        },
        arbitrary: fc.record({
          lat: fc.double({ min: -90, max: 90, noNaN: true }),
          lng: fc.double({ min: -180, max: 180, noNaN: true }),
        }),
      },
    ],
    refused: [{ scale: 2 }, { unique: 1, precision: 3 }],
  },
  choice: {
    samples: [sample("choice", values, ["opem", "OPEN", "", 1, [], "constructor"], { values })],
    refused: [{}, { values: [] }, { values: ["a", "a"] }, { values: ["a"], labels: { b: "B" } }, { values: [""] }],
  },
  multiChoice: {
    samples: [
      sample("multiChoice", [[], ["won", "open"], ["open", "won", "won"], values], ["open", [1], ["nope"], {}], {
        values,
      }),
      sample("multiChoice", [["open"], ["won", "open"]], [[], values], { values, min: 1, max: 2 }),
    ],
    refused: [{}, { values: ["a"], min: 2, max: 1 }, { values: ["a"], unique: true }],
  },
  tags: {
    samples: [
      sample(
        "tags",
        [[], ["a"], [" a ", "a", "b"], ["b", "a"], ["é", "👍"]],
        ["a", [""], [" "], [1], ["x".repeat(101)], ["\0"], Array.from({ length: 101 }, (_, i) => `t${i}`)],
      ),
      sample("tags", [["a"]], [[], ["a", "b", "c"]], { min: 1, max: 2 }),
    ],
    refused: [{ min: 3, max: 2 }, { max: 1_001 }],
  },
  json: {
    samples: [
      sample(
        "json",
        [{}, [], "", 0, false, { b: 1, a: [null, { c: -0 }] }, { b: 1, a: 2 }, { a: 2, b: 1 }],
        [Number.NaN, () => 1, new Date(0), 1n, "\0", { a: "\ud800" }],
      ),
      {
        ...sample("json", [{ a: "x" }, { a: "x", b: 1 }], [], {
          schema: { type: "object", required: ["a"], properties: { a: { type: "string" } } },
        }),
        ownSchema: true,
      },
    ],
    refused: [{ schema: "x" }, { unique: true }],
  },
  lookup: {
    samples: [{ ...sample("lookup", ids, ["", "1", 1, `${id}0`, {}], { to: "account" }), arbitrary: fc.uuid() }],
    refused: [
      {},
      { to: 1 },
      { to: "a", onDelete: "nothing" },
      { to: "a", required: true, onDelete: "clear" },
      { to: "a", indexed: true },
    ],
  },
  polyLookup: {
    samples: [
      {
        options: { to: ["account", "contact"] },
        valid: ids.flatMap((one) => [
          { entity: "account", id: one },
          { id: one, entity: "contact" },
        ]),
        invalid: [
          id,
          {},
          { entity: "account" },
          { entity: "note", id },
          { entity: "account", id: "x" },
          { entity: "account", id, name: "x" },
          [],
        ],
        arbitrary: fc.record({ entity: fc.constantFrom("account", "contact", "note"), id: fc.uuid() }),
      },
    ],
    refused: [
      {},
      { to: "account" },
      { to: ["account"] },
      { to: ["account", "account"] },
      { to: ["account", "limit"] },
      { to: ["a", "b"], required: true, onDelete: "clear" },
      { to: ["a", "b"], indexed: true },
    ],
  },
  children: {
    samples: [{ options: { to: "contact", via: "account" }, valid: [], invalid: [id, [], {}] }],
    refused: [{}, { to: "contact" }, { to: "contact", via: "account", required: true }],
  },
  link: {
    samples: [{ options: { to: "club", through: "membership" }, valid: [], invalid: [id, [], {}] }],
    refused: [{}, { to: "club" }],
  },
  user: { samples: [sample("user", ["u1", "U1", "auth0|x", "é"], ["x".repeat(256), 1, "\0"])], refused: [{ max: 5 }] },
  autonumber: {
    samples: [
      {
        options: { pattern: "INV-{yyyy}-{0000}" },
        valid: ["INV-2026-0001", "inv-2026-0001", "x"],
        invalid: [1, "\0"],
        operands: { contains: ["2026", "inv"] },
      },
      { options: { pattern: "{yy}{mm}{dd}{0}", start: 100 }, valid: ["a", "b"], invalid: [{}] },
    ],
    refused: [
      {},
      { pattern: "INV" },
      { pattern: "{0}{00}" },
      { pattern: "{q}{0}" },
      { pattern: "{0}", start: -1 },
      { pattern: "{0}", required: true },
    ],
  },
};

/** Every built-in type with its samples; one without samples is a test that fails. */
export const builtIn: readonly FieldTypeSubject[] = fieldTypes.map((type: FieldType) => {
  const own = given[type.kind];
  if (!own) throw new Error(`There are no samples of '${type.kind}'.`);
  return { type, ...own };
});
