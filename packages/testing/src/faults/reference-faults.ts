/** Faults of references to one of several entities. */

import type { Fault } from "./fault.ts";
import { operator } from "./tools.ts";

/** The faults, by name. */
export const referenceFaults: Readonly<Record<string, Fault>> = {
  "reference-lacks-one": {
    about: "of a lookup to one of several entities, the last target asked for is not brought along",
    rewrites: {
      plan: (plan) => ({
        ...plan,
        includes: plan.includes.filter(
          (one, i) => !one.of || plan.includes.findLastIndex((other) => other.of === one.of) !== i,
        ),
      }),
    },
  },
  "reference-equals-any": {
    about: "equality with a reference to one of several entities meets every record that has a reference",
    rewrites: operator(["eq", "in"], (_, { field }) => (field.type.kind === "polyLookup" ? { test: () => true } : {})),
  },
};
