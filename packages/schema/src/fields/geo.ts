/** Points on the earth, and what is near them. */

import type { Field, FixedOf, PresenceOf, ValueOptions } from "../field.ts";
import type { FieldType } from "../field-type.ts";
import type { NullFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { isPlainObject } from "../json.ts";
import type { Expression, Operator, Predicate } from "../operator.ts";
import { boxAround, type GeoPoint, squaredChord, squaredLine, unitVector } from "../sphere.ts";
import { readPointText } from "./geo-text.ts";

/** A circle on the earth. */
export interface GeoCircle extends GeoPoint {
  /** Its radius in kilometres. */
  readonly km: number;
}

/** Filters on points. */
export interface GeoFilter extends NullFilter {
  readonly eq?: GeoPoint | null;
  readonly ne?: GeoPoint | null;
  /** Within so many kilometres of a point, along the earth's surface. */
  readonly near?: GeoCircle;
}

const shape = "a point: { lat: -23.55, lng: -46.63 }, in degrees north and east";

function readPoint(value: unknown, keys: number): GeoPoint | Invalid {
  if (!isPlainObject(value)) return wrongType(shape, value);
  const { lat, lng } = value;
  if (!isDegrees(lat, 90)) return new Invalid("GEO", "must be a number of degrees from -90 to 90", undefined, ["lat"]);
  if (!isDegrees(lng, 180))
    return new Invalid("GEO", "must be a number of degrees from -180 to 180", undefined, ["lng"]);
  if (Object.keys(value).length !== keys) return new Invalid("GEO", `holds more than lat and lng; give ${shape}`);
  // One point has one form: the date line is 180, and a pole has no longitude.
  return { lat: lat + 0, lng: Math.abs(lat) === 90 ? 0 : lng === -180 ? 180 : lng + 0 };
}

function isDegrees(value: unknown, most: number): value is number {
  return typeof value === "number" && value >= -most && value <= most;
}

const lat = { column: 0 } as const;
const lng = { column: 1 } as const;

const within = (column: Expression, low: number): Predicate => ({
  all: [
    { compare: ">=", left: column, right: { param: low } },
    { compare: "<=", left: column, right: { param: low + 1 } },
  ],
});

const square = (column: number, param: number): Expression => {
  const side: Expression = { call: "subtract", args: [{ column }, { param }] };
  return { call: "multiply", args: [side, side] };
};

const line: Expression = {
  call: "add",
  args: [{ call: "add", args: [square(2, 6), square(3, 7)] }, square(4, 8)],
};

const near: Operator<GeoPoint, GeoCircle> = {
  nulls: false,
  operand: "value",
  read(operand) {
    if (!isPlainObject(operand)) return wrongType("a circle: { lat, lng, km }", operand);
    const point = readPoint(operand, 3);
    if (point instanceof Invalid) return point;
    const { km } = operand;
    return typeof km === "number" && km >= 0 && Number.isFinite(km)
      ? { ...point, km: km + 0 }
      : new Invalid("GEO", "must be a number of kilometres from 0 up", undefined, ["km"]);
  },
  test: (point, circle) => squaredLine(unitVector(point), unitVector(circle)) <= squaredChord(circle.km),
  predicate: () => ({
    all: [
      within(lat, 0),
      { any: [within(lng, 2), within(lng, 4)] },
      { compare: "<=", left: line, right: { param: 9 } },
    ],
  }),
  params(circle) {
    const { south, north, spans } = boxAround(circle, circle.km);
    return [south, north, ...spans[0], ...spans[1], ...unitVector(circle), squaredChord(circle.km)];
  },
};

const same = (a: GeoPoint, b: GeoPoint) => a.lat === b.lat && a.lng === b.lng;
const at: Predicate = {
  all: [
    { compare: "=", left: lat, right: { param: 0 } },
    { compare: "=", left: lng, right: { param: 1 } },
  ],
};
const coordinates = (point: GeoPoint) => [point.lat, point.lng];

const operators: Readonly<Record<string, Operator<GeoPoint, any>>> = {
  eq: { nulls: false, operand: "value", test: same, predicate: () => at, params: coordinates },
  ne: {
    nulls: true,
    operand: "value",
    test: (a: GeoPoint, b: GeoPoint) => !same(a, b),
    predicate: () => ({ not: at }),
    params: coordinates,
  },
  near,
};

/** The field type behind `field.geo`. */
export const geoType: FieldType<GeoPoint> = {
  kind: "geo",
  options: {},
  // The point itself, and where it lies on a sphere of radius 1: what distances are computed from.
  columns: () => [
    { suffix: "_lat", type: "float" },
    { suffix: "_lng", type: "float" },
    { suffix: "_x", type: "float", shadow: true },
    { suffix: "_y", type: "float", shadow: true },
    { suffix: "_z", type: "float", shadow: true },
  ],
  read: (value) => readPoint(value, 2),
  jsonSchema: () => ({
    type: "object",
    required: ["lat", "lng"],
    additionalProperties: false,
    properties: {
      lat: { type: "number", minimum: -90, maximum: 90 },
      lng: { type: "number", minimum: -180, maximum: 180 },
    },
  }),
  encode: (point) => [point.lat, point.lng, ...unitVector(point)],
  decode: (columns) => ({ lat: columns[0] as number, lng: columns[1] as number }),
  operators: () => operators,
  uniqueBy: () => [0, 1],
  indexBy: () => [0, 1],
  spelling: {
    text: { takes: ["decimalComma"], read: (text, _, form) => readPointText(text, form) },
    members: { lat: ["latitude"], lng: ["longitude", "lon", "long"] },
  },
  measure: "plain",
  widget: "map",
};

/**
 * A point on the earth, in degrees north (`lat`) and east (`lng`). `near` finds what lies within so many kilometres; with `indexed: true` it looks at
 * the belt of latitudes alone. Distances are along a sphere of radius 6,371.0088 km, off by 0.5 % at most.
 *
 * @example field.geo({ indexed: true }) // { where: { place: { near: { lat: -23.55, lng: -46.63, km: 10 } } } }
 */
export function geo<const O extends ValueOptions<GeoPoint> = {}>(
  options?: O,
): Field<GeoPoint, PresenceOf<O>, null | GeoFilter, "plain", FixedOf<O>> {
  return { ...options, kind: "geo" } as never;
}
