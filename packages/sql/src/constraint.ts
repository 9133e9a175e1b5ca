/** What a broken constraint means to the caller: which field, which record, what to do. */

import {
  type EntityModel,
  type FieldModel,
  lookupsOf,
  type MaybePromise,
  type Model,
  type StoredRow as Row,
  referenceError,
  restrictedError,
  uniqueError,
  valueIn,
  XrmError,
} from "@kith/core";
import { localize } from "@kith/schema";
import { sql } from "kysely";
import { checkName } from "./change/checks.ts";
import { desiredIndexes, uniqueSets } from "./change/desired.ts";
import { columnsOf, lookupColumn } from "./columns.ts";
import type { SqlContext } from "./context.ts";
import type { ConstraintFailure } from "./dialect.ts";
import { type SqlSession, Statement } from "./driver.ts";
import { chain } from "./maybe.ts";
import { foreignKeyName, indexName } from "./names.ts";

/** The write that failed. */
export interface FailedWrite {
  readonly type: "insert" | "update" | "delete";
  readonly entity: EntityModel;
  readonly values: Row;
  readonly id: string;
}

/** Where a failed write is looked into. */
export interface FailureScope {
  readonly context: SqlContext;
  readonly model: Model;
  readonly session: SqlSession;
}

/** Throws what a failed write means. Asks the database which reference it was, when the driver does not say. */
export function explainFailure(scope: FailureScope, error: unknown, write: FailedWrite): MaybePromise<never> {
  const { context } = scope;
  const failure = context.dialect.constraint(error);
  if (failure?.kind !== "reference" || failure.constraint !== undefined) throw failureOf(scope, error, write);
  return write.type === "delete" ? explainRestricted(scope, error, write) : explainReference(scope, error, write);
}

/** What a failed write means, as far as the driver's error tells. */
export function failureOf(scope: FailureScope, error: unknown, write: FailedWrite): unknown {
  const { context } = scope;
  const failure = context.dialect.constraint(error);
  if (failure?.kind === "check") return checkError(context, failure.constraint, error, write);
  if (failure?.kind === "unique") {
    return uniqueError(write.entity, uniqueFields(context, failure, write.entity), write.values, write.id, error);
  }
  if (failure?.kind === "size") return sizeError(context, failure, error, write);
  return failure?.constraint === undefined ? error : namedReference(scope, failure, error, write);
}

/** The engine holds checks before it writes; the database speaks up when two answers differ, or somebody wrote past the engine. */
function checkError(context: SqlContext, constraint: string | undefined, cause: unknown, write: FailedWrite): unknown {
  const { entity } = write;
  const check = entity.checks.find((one) => context.own(checkName(entity, one)) === constraint);
  if (!check) return cause;
  const message = `breaks the check '${check.name}': ${localize(check.message)}`;
  const issue = { code: "CHECK", path: [], message, params: { check: check.name, message: check.message } };
  return new XrmError("INVALID_RECORD", `A record of '${entity.name}' is not right: ${message}`, {
    entity: entity.name,
    issues: [issue],
    cause,
  });
}

/** A row must fit into a page of the database, what is indexed into a part of one. */
function sizeError(
  context: SqlContext,
  { constraint, says }: Extract<ConstraintFailure, { kind: "size" }>,
  cause: unknown,
  { entity }: FailedWrite,
): XrmError {
  const fields = constraint === undefined ? [] : indexedFields(context, entity, constraint);
  const field = fields.length === 1 ? fields[0]?.name : undefined;
  const message =
    constraint === undefined
      ? `has more in its fields than a row of the database takes (${says}); give fewer or shorter values, or move some fields to an entity of their own`
      : `is longer ${fields.length === 0 ? "" : `in ${fields.map(({ name }) => name).join(", ")} `}than an index of the database takes (${says}); give shorter values, or take the index away`;
  const code = constraint === undefined ? "TOO_LARGE" : "TOO_LONG";
  return new XrmError("INVALID_RECORD", `A record of '${entity.name}' ${message}.`, {
    entity: entity.name,
    field,
    issues: [{ code, path: field === undefined ? [] : [field], message }],
    cause,
  });
}

/** The fields of an index, by the index's name. */
function indexedFields(context: SqlContext, entity: EntityModel, name: string): readonly FieldModel[] {
  const columns = desiredIndexes(entity).find((one) => context.own(one.name) === name)?.columns ?? [];
  // Most indexes end in the id.
  return entity.stored.filter((field) =>
    columnsOf(field).some((one) => one.name !== "id" && columns.includes(one.name)),
  );
}

/** The error of a foreign key that the driver names. */
function namedReference(
  { context, model }: FailureScope,
  { constraint, id }: Extract<ConstraintFailure, { kind: "reference" }>,
  cause: unknown,
  write: FailedWrite,
): XrmError {
  const { entity, values } = write;
  const isIt = (lookup: FieldModel) => {
    const owner = model.entities.get(lookup.entity) as EntityModel;
    return context.own(foreignKeyName(owner.table, lookupColumn(lookup))) === constraint;
  };
  if (write.type === "delete") return restrictedError(entity, write.id, entity.incoming.find(isIt), cause);
  const field = lookupsOf(entity).find(isIt);
  return referenceError(entity, field, id ?? String(field && valueIn(values, field)), cause);
}

function uniqueFields(context: SqlContext, failure: ConstraintFailure, entity: EntityModel): readonly FieldModel[] {
  if (failure.kind !== "unique") return [];
  const wanted = failure.columns?.toSorted().join();
  for (const { fields, columns } of uniqueSets(entity)) {
    const name = context.own(indexName("unique", entity.table, columns));
    if (failure.constraint === name || columns.toSorted().join() === wanted) return fields;
  }
  const id = entity.byName.get("id");
  return id && wanted === "id"
    ? [id]
    : entity.stored.filter((field) => columnsOf(field).some(({ name }) => failure.columns?.includes(name)));
}

function explainReference(scope: FailureScope, cause: unknown, write: FailedWrite): MaybePromise<never> {
  const { entity, values, id } = write;
  const lookups = lookupsOf(entity).filter((field) => valueIn(values, field) !== null);
  const next = (at: number): MaybePromise<never> => {
    const field = lookups[at];
    if (field?.relation?.type !== "one") throw referenceError(entity, undefined, "", cause);
    const { target } = field.relation;
    const value = valueIn(values, field) as string;
    if (target === entity && value === id) return next(at + 1);
    return chain(exists(scope, target, "id", value), (found) => {
      if (found) return next(at + 1);
      throw referenceError(entity, field, value, cause);
    });
  };
  return next(0);
}

function explainRestricted(scope: FailureScope, cause: unknown, write: FailedWrite): MaybePromise<never> {
  const { entity, id } = write;
  const next = (at: number): MaybePromise<never> => {
    const lookup = entity.incoming[at];
    if (!lookup) throw restrictedError(entity, id, undefined, cause);
    const owner = scope.model.entities.get(lookup.entity) as EntityModel;
    return chain(exists(scope, owner, lookupColumn(lookup), id, owner === entity ? id : undefined), (found) => {
      if (!found) return next(at + 1);
      throw restrictedError(entity, id, lookup, cause);
    });
  };
  return next(0);
}

/** Whether a record has a value in a column; one record can be left out of it. */
function exists(
  scope: FailureScope,
  entity: EntityModel,
  column: string,
  value: string,
  except?: string,
): MaybePromise<boolean> {
  const { context, session } = scope;
  const other = except === undefined ? sql`` : sql` and ${sql.ref("id")} <> ${except}`;
  const { sql: text, parameters } = sql`select 1 from ${sql.table(context.at(context.table(entity)))}
    where ${sql.ref(column)} = ${value}${other} limit 1`.compile(context.db);
  return chain(session.all(new Statement(text), parameters), (rows) => rows.length > 0);
}
