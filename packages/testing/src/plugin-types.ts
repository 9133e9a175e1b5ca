/** A field type as a plugin would bring it: a kind, columns and an operator that no built-in type has. */

import {
  type ColumnValue,
  canonicalText,
  defineFieldType,
  type FieldType,
  Invalid,
  type Operator,
  wrongType,
} from "@kith/schema";

/** A place on a map. */
export interface Spot {
  readonly lat: number;
  readonly lng: number;
}

interface Nearby extends Spot {
  readonly degrees: number;
}

const isDegree = (value: unknown, most: number): value is number =>
  typeof value === "number" && Math.abs(value) <= most;

function readSpot(value: unknown): Spot | Invalid {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    return wrongType("a place, { lat, lng }", value);
  const { lat, lng, ...rest } = value as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || !isDegree(lat, 90) || !isDegree(lng, 180))
    return new Invalid("SPOT", "must hold lat (-90 to 90) and lng (-180 to 180), and no more");
  return { lat: lat + 0, lng: lng + 0 };
}

/** Within so many degrees: a plain distance on the map, so that its arithmetic is exact in each engine. */
const nearby: Operator<Spot, Nearby> = {
  nulls: false,
  operand: "value",
  read(operand) {
    if (operand === null || typeof operand !== "object") return wrongType("{ lat, lng, degrees }", operand);
    const { degrees, ...place } = operand as Record<string, unknown>;
    const spot = readSpot(place);
    if (spot instanceof Invalid) return spot;
    return typeof degrees === "number" && degrees >= 0 && degrees <= 180
      ? { ...spot, degrees }
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
    test: (a: Spot, b: Spot) => (canonicalText(a) === canonicalText(b)) === (op === "="),
    predicate: () => {
      const parts = [0, 1].map((i) => ({ compare: op, left: { column: i }, right: { param: i } }) as const);
      return op === "=" ? { all: parts } : { any: parts };
    },
    params: (b: Spot) => [b.lat, b.lng],
  }) satisfies Operator<Spot, Spot>;

/** A type over two columns, with an operator of its own. */
export const spotType: FieldType<Spot> = {
  kind: "spot",
  options: {},
  common: ["label", "help", "required", "unique", "default", "immutable"],
  columns: () => [
    { suffix: "_lat", type: "float" },
    { suffix: "_lng", type: "float" },
  ],
  read: readSpot,
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
  operators: () => ({ eq: at("="), ne: at("<>"), nearby }),
  uniqueBy: () => [0, 1],
  measure: "plain",
  widget: "map",
};

/** A field of places. */
export const spot = defineFieldType(spotType, (options: { required?: boolean; unique?: boolean } = {}) => options);
