/** Faults of places, lengths of time, lists, paths into JSON, includes and exchange rates. */

import type { GeoPoint, Operator } from "@kith/schema";
import type { Fault } from "./fault.ts";
import { asText, operator, other } from "./tools.ts";

/** The same JSON, its texts without capitals. */
const lower = <T>(json: T): T => (json === undefined ? json : JSON.parse(JSON.stringify(json).toLowerCase()));

/** The faults, by name. */
export const valueFaults: Readonly<Record<string, Fault>> = {
  "near-stops-at-date-line": {
    about: "a circle ends where the longitude turns from 180 to -180",
    rewrites: operator(["near"], (near) => ({
      test: (point: GeoPoint, circle: GeoPoint, field) =>
        Math.abs(point.lng - circle.lng) <= 180 && near.test(point, circle, field),
    })),
  },
  "duration-as-text": { about: "lengths of time sort as text", rewrites: { orderKey: asText(["duration"]) } },
  "some-as-every": {
    about: "hasSome asks for all elements",
    rewrites: operator(["hasSome"], (_, test) => other(test, "hasEvery")),
  },
  "path-ignores-case": {
    about: "what stands at a path in JSON is compared without regard to case",
    rewrites: operator(["eq", "contains", "startsWith", "endsWith"], (one: Operator, { field }) =>
      field.type.paths ? { test: (json, operand, def) => one.test(lower(json), lower(operand), def) } : {},
    ),
  },
  "include-takes-all": {
    about: "an include's where is not looked at",
    rewrites: {
      plan: (plan) => ({
        ...plan,
        includes: plan.includes.map((include) =>
          include.plan.ranked === undefined ? { ...include, plan: { ...include.plan, where: undefined } } : include,
        ),
      }),
    },
  },
  "rates-out-of-order": {
    about: "exchange rates come as they are stored, not by their day",
    rewrites: {
      plan: (plan) =>
        plan.entity.name === "exchangeRate" && plan.order[0]?.field.name === "on" && plan.fields.length === 4
          ? { ...plan, order: plan.order.slice(1) }
          : plan,
    },
  },
};
