/**
 * Reading the values of a write into normal form. ajv compiles each entity's JSON Schema into the quick path; when it turns a record down, or where
 * the host forbids compiling, the field types' own `read` and `limit` tell every problem. A suite proves that the two agree.
 */

import {
  canonicalJson,
  canonicalText,
  describe,
  entityJsonSchema,
  fieldTypes,
  Invalid,
  type Issue,
  isPlainObject,
  isRecordId,
  printable,
} from "@kith/schema";
import type { Ajv2020, ValidateFunction } from "ajv/dist/2020.js";
import { issuesError, XrmError } from "../errors.ts";
import { canCompile, makeAjv } from "../model/ajv.ts";
import type { EntityModel, FieldModel } from "../model/model.ts";
import { invalidIssue, requiredIssue, unknownIssue, unwritableIssue } from "./messages.ts";

/** Values by field, in normal form. */
export type Values = Record<string, unknown>;

/** Which write the values are for. */
export type WriteUse = "create" | "update";

/** Reads the values of one entity. */
export class ValueReader {
  readonly entity: EntityModel;
  private readonly validators: Readonly<Record<WriteUse, ValidateFunction>> | undefined;
  /** Fields whose values the schema alone does not bring into normal form. */
  private readonly unsettled: ReadonlySet<string>;
  /** The JSON Schemas of json fields, each compiled by itself: their references and ids are their own. */
  private readonly schemas: ReadonlyMap<string, ValidateFunction>;
  private readonly missing: readonly FieldModel[];

  /**
   * `ajv` is left out to read without compiled code. `missing` are the fields to miss in a new record that has other problems anyway; whether a
   * sound record lacks any is found after hooks, which may fill them in.
   */
  constructor(entity: EntityModel, ajv: Ajv2020 | undefined, missing: readonly FieldModel[] = []) {
    this.entity = entity;
    this.missing = missing;
    const settled = (field: FieldModel) => field.type.schemaDecides?.(field.def) === true;
    const unsettled = entity.fields.filter((field) => field.writable !== "never" && !settled(field));
    this.unsettled = new Set(["id", ...unsettled.map((field) => field.name)]);
    const needed = ajv && canCompile ? unsettled.filter(({ type, def }) => type.schemaNeeded?.(def)) : [];
    this.schemas = new Map(
      needed.map(({ name, type, def }) => [name, makeAjv([...fieldTypes, type]).compile(type.jsonSchema(def))]),
    );
    this.validators =
      ajv && canCompile
        ? { create: ajv.compile(schemaFor(entity, "create")), update: ajv.compile(schemaFor(entity, "update")) }
        : undefined;
  }

  /**
   * The given values in normal form: a new object with the keys that have a value or null. Required fields that are missing are not its business.
   *
   * @throws {XrmError} INVALID_RECORD, with every issue
   */
  read(values: unknown, use: WriteUse): Values {
    // A Map, a Date or a promise that was not awaited has no keys, and would pass for values that say nothing.
    if (!isPlainObject(values)) throw this.refuse([wholeIssue(values)], use);
    const validate = this.validators?.[use];
    if (!validate?.(values)) return this.readSlowly(values as Values, use);
    const out: Values = {};
    for (const name in values) {
      const value = (values as Values)[name];
      if (value === undefined) continue;
      if (value === null || !this.unsettled.has(name)) out[name] = value;
      else {
        const field = this.entity.byName.get(name) as FieldModel;
        const normal = this.readField(field, value);
        if (normal instanceof Invalid) return this.readSlowly(values as Values, use);
        out[name] = normal;
      }
    }
    return out;
  }

  /**
   * The value that follows from the rest of a record, in normal form.
   *
   * @throws {XrmError} INVALID_RECORD
   */
  derive(field: FieldModel, row: Values, use: WriteUse): unknown {
    return this.readOne(field, field.type.derive?.(row, field.def), use);
  }

  /**
   * The values after hooks: what they changed is read, what they left is in normal form already, which a schema need not take again.
   *
   * @throws {XrmError} INVALID_RECORD, with every issue
   */
  readAgain(values: Values, use: WriteUse, before: Values): Values {
    const changed: Values = {};
    const out: Values = {};
    for (const name of Object.keys(values)) {
      const value = values[name];
      const kept = Object.hasOwn(before, name) && sameJson(value, before[name]);
      if (kept) out[name] = before[name];
      else changed[name] = value;
    }
    return Object.assign(out, this.read(changed, use));
  }

  /**
   * The value of a default, which a function may have given, in normal form.
   *
   * @throws {XrmError} INVALID_RECORD
   */
  readDefault(field: FieldModel, fill: () => unknown): unknown {
    let value: unknown;
    try {
      value = fill();
    } catch (error) {
      if (error instanceof XrmError) throw error;
      const message = `has a default function that failed: ${error instanceof Error ? error.message : describe(error)}`;
      throw this.refuse([{ code: "DEFAULT", path: [field.name], message }], "create", error);
    }
    return this.readOne(field, value, "create");
  }

  private readOne(field: FieldModel, value: unknown, use: WriteUse): unknown {
    if (value === null || value === undefined) return null;
    const normal = this.readField(field, value);
    if (normal instanceof Invalid) throw this.refuse([invalidIssue(field, normal)], use);
    return normal;
  }

  /** The same by the field types alone: slower, and every problem is found. */
  private readSlowly(values: Values, use: WriteUse): Values {
    const out: Values = {};
    const issues: Issue[] = [];
    for (const name of Object.keys(values)) {
      const value = values[name];
      const field = this.entity.byName.get(name);
      if (name === "id" && use === "create") {
        if (value === undefined) continue;
        if (isRecordId(value)) out["id"] = value.toLowerCase();
        else issues.push({ code: "ID", path: ["id"], message: "must be a UUID; leave it out to have one made" });
      } else if (!field) issues.push(unknownIssue(this.entity, name, printable(name)));
      else if (value === undefined) continue;
      else if (field.writable === "never" || (field.writable === "create" && use === "update"))
        issues.push(unwritableIssue(field, use));
      else if (value === null) {
        if (field.required) issues.push(requiredIssue(field));
        else out[name] = null;
      } else {
        const normal = this.readField(field, value);
        if (normal instanceof Invalid) issues.push(invalidIssue(field, normal));
        else out[name] = normal;
      }
    }
    if (issues.length === 0) return out;
    if (use === "create") {
      for (const field of this.missing) if (values[field.name] === undefined) issues.push(requiredIssue(field));
    }
    throw this.refuse(issues, use);
  }

  private readField(field: FieldModel, value: unknown): unknown {
    const { type, def } = field;
    const normal = type.read(value, def);
    if (normal instanceof Invalid) return normal;
    const limit = type.limit?.(normal, def);
    const schema = limit ? undefined : this.schemas.get(field.name);
    if (!schema || schema(value)) return limit ?? normal;
    const [found] = schema.errors ?? [];
    const path = found?.instancePath ? found.instancePath.slice(1).split("/") : [];
    return new Invalid("JSON", found?.message ?? "does not match its schema", undefined, path);
  }

  /** The error of values with problems. */
  refuse(issues: readonly Issue[], use: WriteUse, cause?: unknown): XrmError {
    const what = use === "create" ? `The new '${this.entity.name}'` : `The change of '${this.entity.name}'`;
    return issuesError("INVALID_RECORD", `${what} is not right`, issues, { entity: this.entity.name, cause });
  }
}

const wholeIssue = (values: unknown): Issue => ({
  code: "WRONG_TYPE",
  path: [],
  message: `values must be a plain object, by field, not ${describe(values)}`,
});

/** Whether a value is still what it was; `before` is plain JSON. */
function sameJson(value: unknown, before: unknown): boolean {
  if (value === before && typeof value !== "object") return true;
  const now = canonicalJson(value);
  return "value" in now && canonicalText(now.value) === canonicalText(before);
}

/**
 * What ajv checks: the keys, and the values of fields whose schema decides. The others are read by their type anyway. Whether
 * required fields are there is checked after hooks, which may fill them in.
 */
function schemaFor(entity: EntityModel, use: WriteUse): object {
  const { properties } = entityJsonSchema(entity, use) as { properties: Record<string, object> };
  const compiled = Object.entries(properties).map(([name, schema]) => {
    const field = entity.byName.get(name) as FieldModel;
    const { type, def } = field;
    if (type.schemaDecides?.(def)) return [name, schema];
    return [name, field.required ? { not: { type: "null" } } : {}];
  });
  return { type: "object", properties: Object.fromEntries(compiled), additionalProperties: false };
}
