/** Members of a field's value that columns of their own can fill: the parts of an address, the coordinates of a point, the targets of a lookup to several entities. */

import type { EntityModel, FieldModel } from "@kith/core";
import { type JsonSchema, wordsOf } from "@kith/schema";

/** A member of a field's value. */
export interface Member {
  /** As the mapping spells it after the field's name and a dot. */
  readonly name: string;
  /**
   * A `value` of its own; or of a lookup to several entities: a `target`, whose column holds what that entity's records are called, the `entity` that is
   * led to, or the `key`, what the record is called.
   */
  readonly role: "value" | "target" | "entity" | "key";
  /** What files call it, its name first. */
  readonly words: readonly string[];
  /** Its own field, when queries know it as a part. */
  readonly part: FieldModel | undefined;
  /** What may be written. */
  readonly schema: JsonSchema;
  /** The value cannot be without it. */
  readonly needed: boolean;
}

/** Members by name. */
export type Members = ReadonlyMap<string, Member>;

const none: Members = new Map();
const known = new WeakMap<FieldModel, Members>();

/** The members of a field's value; none for a value that is one. */
export function membersOf(field: FieldModel): Members {
  let members = known.get(field);
  if (!members) {
    const list = targetsOf(field).length > 0 ? referenceMembers(field) : valueMembers(field);
    members = list.length === 0 ? none : new Map(list.map((member) => [member.name, member]));
    known.set(field, members);
  }
  return members;
}

/** The entities that a lookup to one of several leads to; none for other fields. */
export function targetsOf(field: FieldModel): EntityModel[] {
  const parts = [...(field.parts?.values() ?? [])];
  const targets = parts.flatMap(({ relation }) => (relation?.type === "one" ? [relation.target] : []));
  return targets.length === parts.length ? targets : [];
}

/** What people call an entity. */
export function entityWords({ name, label, plural }: EntityModel): string[] {
  return [name, ...wordsOf(label), ...wordsOf(plural)];
}

/** A name of the mapping: `address.city`, or the field's own, which stands for the key of a lookup, too. */
export function mapName(field: FieldModel, member: Member | undefined): string {
  return member && member.role !== "key" ? `${field.name}.${member.name}` : field.name;
}

function referenceMembers(field: FieldModel): Member[] {
  const plain = { part: undefined, schema: {}, needed: false };
  const targets = [...(field.parts ?? [])].flatMap(([name, part]): Member[] =>
    part.relation?.type === "one"
      ? [{ ...plain, name, role: "target", words: entityWords(part.relation.target), part }]
      : [],
  );
  return [
    ...targets,
    { ...plain, name: "entity", role: "entity", words: ["entity", "type", "entidade", "tipo"] },
    { ...plain, name: "id", role: "key", words: ["id", "name", "nome"] },
  ];
}

/** What the field's JSON Schema lists, when it lists all there is. JSON that is kept as such is one value. */
function valueMembers(field: FieldModel): Member[] {
  const { type, def } = field;
  const schema = type.jsonSchema(def);
  const { properties, required, additionalProperties } = schema;
  if (schema["type"] !== "object" || additionalProperties !== false || type.paths) return [];
  const needed = (required ?? []) as readonly string[];
  return Object.entries((properties ?? {}) as Record<string, JsonSchema>).map(([name, own]) => {
    const part = field.parts?.get(name);
    const words = [name, ...wordsOf(part?.label), ...(type.spelling?.members?.[name] ?? [])];
    const of = part ? part.type.jsonSchema(part.def) : own;
    return { name, role: "value", words, part, schema: of, needed: needed.includes(name) };
  });
}
