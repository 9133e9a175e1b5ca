/** Declared checks as constraints of the table: those over the record's own columns whose operands can stand in it as literals. */

import type { CheckModel, Condition, EntityModel } from "@kith/core";
import { sql } from "kysely";
import type { SqlContext } from "../context.ts";
import type { Sql } from "../dialect.ts";
import { filterSql } from "../filter.ts";
import { constraintName } from "../names.ts";
import { Marker } from "../parameters.ts";
import { Source } from "../source.ts";
import type { CheckSpec } from "./desired.ts";

/** The constraints of an entity's checks. The engine holds the others alone. */
export function checkSpecs(context: SqlContext, entity: EntityModel): CheckSpec[] {
  return entity.checks.flatMap((check) => {
    const text = checkSql(context, entity, check);
    return text === undefined ? [] : [{ name: checkName(entity, check), sql: text }];
  });
}

/** The name of a check's constraint, without the storage's prefix. */
export function checkName({ table }: Pick<EntityModel, "table">, { name }: Pick<CheckModel, "name">): string {
  return constraintName("check", table, [name]);
}

class NotLiteral extends Error {}

function checkSql(context: SqlContext, entity: EntityModel, check: CheckModel): string | undefined {
  if (!overColumns(check.condition)) return undefined;
  const { dialect } = context;
  const literalOf = (marker: unknown): unknown => {
    if (!(marker instanceof Marker)) return marker;
    const value = marker.operand.derive(check.params[marker.operand.param] as never)[marker.index];
    return marker.bind === undefined || value === null ? value : marker.bind(value as never);
  };
  const literal = (value: unknown): Sql => {
    if (typeof value === "string") return sql.lit(value);
    if (typeof value === "number" && Number.isFinite(value)) return sql.raw(numberText(value));
    if (typeof value === "bigint") return sql.raw(String(value));
    if (typeof value === "boolean") return sql.lit(value);
    throw new NotLiteral();
  };
  const literals: SqlContext = {
    ...context,
    dialect: {
      ...dialect,
      parameter: (marker) => literal(literalOf(marker)),
      among: () => {
        throw new NotLiteral();
      },
      element: () => {
        throw new NotLiteral();
      },
      elements: () => {
        throw new NotLiteral();
      },
    },
  };
  try {
    const source = new Source(literals, entity);
    const { sql: text, parameters } = sql`${filterSql(literals, source, check.condition)}`.compile(context.db);
    if (parameters.length > 0) return undefined;
    // A column of the table itself needs no alias, and must not have one here. Nothing else looks like it: text stands in quotes of its own.
    return `(${withoutAlias(text, source.alias)}) is true`;
  } catch (error) {
    if (error instanceof NotLiteral) return undefined;
    throw error;
  }
}

/** Relations need other records. */
function overColumns(condition: Condition): boolean {
  if (condition.kind === "all" || condition.kind === "any") return condition.of.every(overColumns);
  if (condition.kind === "not") return overColumns(condition.of);
  // Floats that are computed need not be the same to the last bit in a database.
  if (condition.kind === "test")
    return !JSON.stringify(condition.operator.predicate(condition.field.def)).includes('"call":');
  return condition.kind === "null";
}

/** A whole number that is not safe would be read as an integer of another value. */
function numberText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : value.toExponential();
}

/** Takes `"t0".` away, outside of text. */
function withoutAlias(text: string, alias: string): string {
  return text
    .split(/('(?:[^']|'')*')/)
    .map((piece, i) => (i % 2 === 0 ? piece.replaceAll(`"${alias}".`, "") : piece))
    .join("");
}
