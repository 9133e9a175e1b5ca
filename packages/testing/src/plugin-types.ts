/** Field types as a plugin would bring them: they prove that types still to come fit the contract as it is. */

import {
  type ColumnValue,
  canonicalText,
  defineFieldType,
  type FieldDef,
  type FieldType,
  fieldTypes,
  Invalid,
  type Operator,
  wrongType,
} from "@kith/schema";

/** A place on earth. */
export interface Geo {
  readonly lat: number;
  readonly lng: number;
}

interface Near extends Geo {
  readonly degrees: number;
}

const isDegree = (value: unknown, most: number): value is number =>
  typeof value === "number" && Math.abs(value) <= most;

function readGeo(value: unknown): Geo | Invalid {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return wrongType("a place, { lat, lng }", value);
  const { lat, lng, ...rest } = value as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || !isDegree(lat, 90) || !isDegree(lng, 180))
    return new Invalid("GEO", "must hold lat (-90 to 90) and lng (-180 to 180), and no more");
  return { lat: lat + 0, lng: lng + 0 };
}

/** Within so many degrees: a plain distance on the map, so that its arithmetic is exact in each engine. */
const near: Operator<Geo, Near> = {
  nulls: false,
  operand: "value",
  read(operand) {
    if (operand === null || typeof operand !== "object") return wrongType("{ lat, lng, degrees }", operand);
    const { degrees, ...place } = operand as Record<string, unknown>;
    const geo = readGeo(place);
    if (geo instanceof Invalid) return geo;
    return typeof degrees === "number" && degrees >= 0 && degrees <= 180
      ? { ...geo, degrees }
      : wrongType("degrees from 0 to 180", degrees);
  },
  test: (a, b) => (a.lat - b.lat) * (a.lat - b.lat) + (a.lng - b.lng) * (a.lng - b.lng) <= b.degrees * b.degrees,
  predicate: () => {
    const square = (column: number, param: number) => {
      const side = { call: "subtract", args: [{ column }, { param }] } as const;
      return { call: "multiply", args: [side, side] } as const;
    };
    return { compare: "<=", left: { call: "add", args: [square(0, 0), square(1, 1)] }, right: { param: 2 } };
  },
  params: (b) => [b.lat, b.lng, b.degrees * b.degrees],
};

const at = (op: "=" | "<>") =>
  ({
    nulls: op === "<>",
    operand: "value",
    test: (a: Geo, b: Geo) => (canonicalText(a) === canonicalText(b)) === (op === "="),
    predicate: () => {
      const parts = [0, 1].map((i) => ({ compare: op, left: { column: i }, right: { param: i } }) as const);
      return op === "=" ? { all: parts } : { any: parts };
    },
    params: (b: Geo) => [b.lat, b.lng],
  }) satisfies Operator<Geo, Geo>;

/** A type over two columns, with an operator of its own. */
export const geoType: FieldType<Geo> = {
  kind: "geo",
  options: {},
  common: ["label", "help", "required", "unique", "default", "immutable"],
  columns: () => [
    { suffix: "_lat", type: "float" },
    { suffix: "_lng", type: "float" },
  ],
  read: readGeo,
  jsonSchema: () => ({
    type: "object",
    required: ["lat", "lng"],
    additionalProperties: false,
    properties: {
      lat: { type: "number", minimum: -90, maximum: 90 },
      lng: { type: "number", minimum: -180, maximum: 180 },
    },
  }),
  encode: ({ lat, lng }): ColumnValue[] => [lat, lng],
  decode: ([lat, lng]) => ({ lat: lat as number, lng: lng as number }),
  operators: () => ({ eq: at("="), ne: at("<>"), near }),
  uniqueBy: () => [0, 1],
  measure: "plain",
  widget: "map",
};

/** A field of places. */
export const geo = defineFieldType(geoType, (options: { required?: boolean; unique?: boolean } = {}) => options);

const parts: Readonly<Record<string, FieldDef>> = {
  street: { kind: "text", max: 120 },
  city: { kind: "text", max: 80, indexed: true },
  postcode: { kind: "text", max: 12, fold: false },
  country: { kind: "choice", values: ["BR", "DE", "US"] },
};

const partTypes = Object.fromEntries(
  fieldTypes.filter(({ kind }) => kind === "text" || kind === "choice").map((type) => [type.kind, type]),
);

/** An address: a type made of parts that filters can go into. A value has every part, null where it is missing, and not all of them missing. */
export const addressType: FieldType<Readonly<Record<string, string | null>>> = {
  kind: "address",
  options: {},
  common: ["label", "help", "required", "immutable"],
  parts: () => parts,
  partTypes,
  columns: () => [],
  read(value) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return wrongType("an address", value);
    const given = value as Record<string, unknown>;
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(parts, key));
    if (unknown !== undefined)
      return new Invalid(
        "UNKNOWN_PART",
        `has no part of that name; it has ${Object.keys(parts).join(", ")}`,
        undefined,
        [unknown],
      );
    const read: Record<string, string | null> = {};
    for (const [name, part] of Object.entries(parts)) {
      const text = given[name];
      read[name] = null;
      if (text === undefined || text === null) continue;
      if (typeof text !== "string" || !text.isWellFormed() || text.includes("\0"))
        return new Invalid("WRONG_TYPE", "must be text", undefined, [name]);
      if (part["values"] && !(part["values"] as string[]).includes(text))
        return new Invalid("CHOICE", "is not a country that is served", undefined, [name]);
      if (part["max"] !== undefined && [...text].length > (part["max"] as number))
        return new Invalid("TOO_LONG", `has more than ${String(part["max"])} characters`, undefined, [name]);
      read[name] = text;
    }
    return Object.values(read).some((text) => text !== null)
      ? read
      : new Invalid("EMPTY", "must have a part that is filled in");
  },
  jsonSchema: () => ({
    type: "object",
    additionalProperties: false,
    properties: {
      street: { type: ["string", "null"], maxLength: 120 },
      city: { type: ["string", "null"], maxLength: 80 },
      postcode: { type: ["string", "null"], maxLength: 12 },
      country: { enum: ["BR", "DE", "US", null] },
    },
  }),
  operators: () => ({}),
  measure: "plain",
  widget: "address",
};

/** A field of addresses. */
export const address = defineFieldType(addressType, (options: { required?: boolean } = {}) => options);
