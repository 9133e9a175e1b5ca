/** A lookup that may lead to a record of one of several entities. */

import type { FieldDef, FieldType, OnDelete } from "../field-type.ts";
import { Invalid, wrongType } from "../issue.ts";
import { isPlainObject } from "../json.ts";
import { didYouMean, printable } from "../names.ts";
import type { Operator, Predicate } from "../operator.ts";
import { compareCodePoints } from "../text.ts";
import { lookupType } from "./relations.ts";

/** A record of one of several entities. */
export interface Reference {
  readonly entity: string;
  readonly id: string;
}

const targetsOf = (field: FieldDef) => (Array.isArray(field["to"]) ? (field["to"] as readonly string[]) : []);

/** Names that stand for something else where the target's name is written: in an include. */
const queryKeys = ["where", "select", "include", "orderBy", "limit", "search"];

function readReference(value: unknown, field: FieldDef): Reference | Invalid {
  const targets = targetsOf(field);
  if (!isPlainObject(value)) return wrongType(`{ entity: '${targets[0]}', id: '…' }`, value);
  const unknown = Object.keys(value).find((key) => key !== "entity" && key !== "id");
  if (unknown !== undefined)
    return new Invalid("UNKNOWN_PART", "has no place here; give entity and id alone", undefined, [printable(unknown)]);
  const { entity } = value;
  if (typeof entity !== "string" || !targets.includes(entity)) {
    const hint = typeof entity === "string" ? didYouMean(entity, targets) : "";
    return new Invalid("ENTITY", `must be one of ${targets.join(", ")}.${hint}`, { targets }, ["entity"]);
  }
  const id = lookupType.read(value["id"], field);
  return id instanceof Invalid ? new Invalid(id.code, id.message, id.params, ["id"]) : { entity, id };
}

const same = (a: Reference, b: Reference) => a.entity === b.entity && a.id === b.id;

/** One column for each target; one of them holds the id. */
const at = (field: FieldDef): Predicate => ({
  any: targetsOf(field).map((_, i) => ({ compare: "=", left: { column: i }, right: { param: i } })),
});
const among = (field: FieldDef): Predicate => ({
  any: targetsOf(field).map((_, i) => ({ oneOf: i, param: i, negated: false })),
});
const idOf = (reference: Reference, field: FieldDef) =>
  targetsOf(field).map((target) => (target === reference.entity ? reference.id : null));
const idsOf = (list: readonly Reference[], field: FieldDef) =>
  targetsOf(field).map((target) => list.filter(({ entity }) => entity === target).map(({ id }) => id));

const operators: Readonly<Record<string, Operator<Reference, any>>> = {
  eq: { nulls: false, operand: "value", test: same, predicate: at, params: idOf },
  ne: {
    nulls: true,
    operand: "value",
    test: (a: Reference, b: Reference) => !same(a, b),
    predicate: (field) => ({ not: at(field) }),
    params: idOf,
  },
  in: {
    nulls: false,
    operand: "list",
    test: (a: Reference, list: readonly Reference[]) => list.some((b) => same(a, b)),
    predicate: among,
    params: idsOf,
  },
  notIn: {
    nulls: true,
    operand: "list",
    test: (a: Reference, list: readonly Reference[]) => !list.some((b) => same(a, b)),
    predicate: (field) => ({ not: among(field) }),
    params: idsOf,
  },
};

/** The field type behind `field.lookup` with several entities. Each target is a part of it: an ordinary lookup with its own column, key and index. */
export const polyLookupType: FieldType<Reference> = {
  kind: "polyLookup",
  options: {
    to: { type: "array", items: { type: "string" }, maxItems: 20, uniqueItems: true },
    onDelete: { enum: ["restrict", "cascade", "clear"] },
  },
  common: lookupType.common as NonNullable<FieldType["common"]>,
  check(field, report) {
    const [only] = targetsOf(field);
    if (only === undefined) report("to", "is missing: list the entities that it may lead to");
    else if (targetsOf(field).length === 1)
      report("to", `lists '${only}' alone; a lookup to one entity is field.lookup('${only}')`);
    for (const name of targetsOf(field))
      if (queryKeys.includes(name))
        report("to", `names '${name}', a word of queries, by which an include could not name it; rename that entity`);
    for (const option of ["required", "immutable"])
      if (field["onDelete"] === "clear" && field[option] === true)
        report("onDelete", `cannot be 'clear' on a lookup that is ${option}`);
  },
  parts: (field) =>
    Object.fromEntries(
      targetsOf(field).map((to) => [
        to,
        { kind: "lookup", to, onDelete: (field["onDelete"] as OnDelete | undefined) ?? "restrict" },
      ]),
    ),
  partTypes: { lookup: lookupType },
  split: ({ entity, id }, field) =>
    Object.fromEntries(targetsOf(field).map((name) => [name, name === entity ? id : null])),
  join(parts) {
    for (const entity in parts) if (parts[entity] !== null) return { entity, id: parts[entity] as string };
    throw new TypeError("A lookup without any target has no value.");
  },
  columns: () => [],
  read: readReference,
  jsonSchema: (field) => ({
    type: "object",
    required: ["entity", "id"],
    additionalProperties: false,
    properties: { entity: { enum: targetsOf(field) }, id: { type: "string", format: "uuid" } },
  }),
  formats: lookupType.formats as NonNullable<FieldType["formats"]>,
  operators: () => operators,
  // In the order in which the targets are listed, then by id: the last target's column decides first, since nulls are smallest.
  compare: (a, b, field) =>
    targetsOf(field).indexOf(a.entity) - targetsOf(field).indexOf(b.entity) || compareCodePoints(a.id, b.id),
  order: (field) => targetsOf(field).map((_, i, { length }) => ({ column: length - 1 - i })),
  measure: "parts",
  widget: "polyLookup",
};
