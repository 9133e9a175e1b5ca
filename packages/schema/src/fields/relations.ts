/** What ties records together: lookups, their reverse, and links. */

import type {
  Children,
  Field,
  FieldOptions,
  FixedOf,
  Link,
  Localized,
  Lookup,
  PolyLookup,
  PresenceOf,
  ValueOptions,
} from "../field.ts";
import type { FieldDef, FieldType, OnDelete } from "../field-type.ts";
import type { IdFilter } from "../infer/filter.ts";
import { Invalid, wrongType } from "../issue.ts";
import { equality } from "../operator.ts";
import { compareCodePoints, isStorable } from "../text.ts";
import { isUuid } from "../uuid.ts";
import { limitText, readText } from "./text.ts";

function readId(value: unknown): string | Invalid {
  if (typeof value !== "string") return wrongType("a record's id", value);
  return isUuid(value)
    ? value.toLowerCase()
    : new Invalid("ID", "must be a record's id: a UUID, like 018f4e3a-7c1d-7b2a-9c55-0d6e5a1b2c3d");
}

const idFacts = {
  columns: () => [{ suffix: "", type: "uuid" as const }],
  read: readId,
  jsonSchema: () => ({ type: "string", format: "uuid" }),
  formats: { uuid: isUuid },
  compare: compareCodePoints,
  measure: "ordered" as const,
};

/** The field type of a record's own id. Not for declarations: every entity has one. */
export const idType: FieldType<string> = {
  ...idFacts,
  kind: "id",
  options: {},
  operators: () => equality(() => idType),
  widget: "id",
};

/** Options of {@link lookup}. */
export interface LookupOptions extends FieldOptions {
  /**
   * What happens here when the record looked up to is deleted: `restrict` (the default) refuses to delete it, `cascade` deletes this record too,
   * `clear` empties the lookup.
   */
  readonly onDelete?: OnDelete;
}

/** The field type behind `field.lookup`. */
export const lookupType: FieldType<string> = {
  ...idFacts,
  kind: "lookup",
  options: { to: { type: "string" }, onDelete: { enum: ["restrict", "cascade", "clear"] } },
  // Every lookup is indexed, so that the option would say nothing.
  common: ["label", "help", "required", "unique", "immutable", "was"],
  check(field, report) {
    if (typeof field["to"] !== "string") report("to", "is missing: name the entity that it looks up to");
    if (field["onDelete"] === "clear" && field["required"] === true)
      report("onDelete", "cannot be 'clear' on a required lookup");
    if (field["onDelete"] === "clear" && field["immutable"] === true)
      report("onDelete", "cannot be 'clear' on an immutable lookup");
  },
  relation: (field) => ({
    type: "one",
    targets: [String(field["to"])],
    onDelete: (field["onDelete"] as OnDelete | undefined) ?? "restrict",
    idColumn: 0,
  }),
  operators: () => equality(() => lookupType),
  widget: "lookup",
};

const notStored = {
  common: ["label", "help"] as const,
  columns: () => [],
  read: (value: unknown) => wrongType("left out: it is stored on the other side", value),
  jsonSchema: () => ({ not: {} }),
  operators: () => ({}),
  measure: "plain" as const,
};

/** The field type behind `field.children`. */
export const childrenType: FieldType = {
  ...notStored,
  kind: "children",
  options: { to: { type: "string" }, via: { type: "string" } },
  check(field, report) {
    if (typeof field["to"] !== "string") report("to", "is missing: name the entity of the children");
    if (typeof field["via"] !== "string") report("via", "is missing: name the children's lookup to this entity");
  },
  relation: (field) => ({ type: "children", target: String(field["to"]), via: String(field["via"]) }),
  widget: "children",
};

/** The field type behind `field.link`. */
export const linkType: FieldType = {
  ...notStored,
  kind: "link",
  options: { to: { type: "string" }, through: { type: "string" }, from: { type: "string" }, into: { type: "string" } },
  check(field, report) {
    if (typeof field["to"] !== "string") report("to", "is missing: name the entity that is linked to");
    if (typeof field["through"] !== "string")
      report("through", "is missing: name the link entity, which has a lookup to each side");
  },
  relation: (field) => ({
    type: "link",
    target: String(field["to"]),
    through: String(field["through"]),
    from: field["from"] as string | undefined,
    into: field["into"] as string | undefined,
  }),
  widget: "link",
};

/** The field type behind `field.user`. */
export const userType: FieldType<string> = {
  kind: "user",
  options: {},
  columns: () => [{ suffix: "", type: "text" }],
  read: readText,
  limit: (text, field) => limitText(text, field, 255),
  jsonSchema: () => ({ type: "string", maxLength: 255, format: "text" }),
  formats: { text: isStorable },
  schemaDecides: () => true,
  operators: () => equality(() => userType),
  compare: compareCodePoints,
  measure: "ordered",
  widget: "user",
};

/**
 * A reference to a record of another entity (or the same), held as its id. Always indexed; the record must exist.
 *
 * @example field.lookup('account', { required: true, onDelete: 'restrict' })
 */
export function lookup<const To extends string, const O extends LookupOptions = {}>(
  to: To,
  options?: O,
): Lookup<To, PresenceOf<O>, FixedOf<O>>;
/**
 * A reference to a record of one of several entities, held as `{ entity, id }`. Each target has a column, a foreign key and an index of its own.
 *
 * @example field.lookup(['account', 'contact']) // { where: { regarding: { account: { name: 'Acme' } } } }
 */
export function lookup<const To extends string, const O extends LookupOptions = {}>(
  to: readonly To[],
  options?: O,
): PolyLookup<To, PresenceOf<O>, FixedOf<O>>;
export function lookup(to: string | readonly string[], options?: LookupOptions): never {
  return { ...options, kind: Array.isArray(to) ? "polyLookup" : "lookup", to } as never;
}

/**
 * The records of another entity whose lookup `via` points here. Nothing is stored; it can be included and filtered through.
 *
 * @example field.children('contact', { via: 'account' })
 */
export function children<const To extends string>(
  of: To,
  options: { readonly via: string; readonly label?: Localized; readonly help?: Localized },
): Children<To> {
  return { ...options, kind: "children", to: of } as never;
}

/**
 * Records reached through a link entity, many to many. The link entity is declared like any other, with a lookup to each side, so that it can
 * carry attributes; `from` and `into` name those lookups, and may be left out when each side has just one.
 *
 * @example field.link('club', { through: 'membership' })
 */
export function link<const To extends string>(
  to: To,
  options: {
    readonly through: string;
    readonly from?: string;
    readonly into?: string;
    readonly label?: Localized;
    readonly help?: Localized;
  },
): Link<To> {
  return { ...options, kind: "link", to } as never;
}

/**
 * A user of the host application, held as the host's own id (text of up to 255 characters).
 *
 * @example field.user({ default: { $actor: 'id' } })
 */
export function user<const O extends ValueOptions<string> = {}>(
  options?: O,
): Field<string, PresenceOf<O>, string | null | IdFilter, "ordered", FixedOf<O>> {
  return { ...options, kind: "user" } as never;
}

/** True for text in the form of a record's id. */
export function isRecordId(value: unknown): value is string {
  return typeof value === "string" && isUuid(value);
}

/** The relation that a field's type declares, if any. */
export function relationOf(type: FieldType, field: FieldDef) {
  return type.relation?.(field);
}
