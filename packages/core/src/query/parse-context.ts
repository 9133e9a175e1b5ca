/** What parsing shares: parameters in the scan's order, and every problem at once. */

import type { Issue, OperandContext } from "@kith/schema";
import { Invalid } from "@kith/schema";
import { issuesError, type XrmError } from "../errors.ts";

/** Where in a query. */
export type Path = readonly (string | number)[];

/** Reads one value of a scan into the operand that a plan's parameter holds. */
export interface ParamReader {
  readonly path: Path;
  readonly read: (value: unknown, context: OperandContext) => unknown;
}

/** Stands for no run at all: where conditions are read that hold at any time, and operators that are relative have no place. */
export const timeless: OperandContext = { now: "1970-01-01T00:00:00.000Z", timeZone: "UTC", fiscalYearStart: 1 };

/** Collects parameters and problems while a query is parsed. */
export class ParseContext {
  readonly readers: ParamReader[] = [];
  /** The operands of this query, at their parameters' numbers. */
  readonly params: unknown[] = [];
  readonly issues: Issue[] = [];
  /** What operands may depend on in this run. */
  readonly operands: OperandContext;
  private readonly entity: string;

  constructor(entity: string, operands: OperandContext) {
    this.entity = entity;
    this.operands = operands;
  }

  /** The number of a new parameter, whose value in this query is read at once. */
  param(path: Path, read: ParamReader["read"], value: unknown): number {
    const reader = { path, read };
    this.readers.push(reader);
    this.params.push(readParam(reader, value, this.operands, this.issues));
    return this.readers.length - 1;
  }

  /** Notes a problem and goes on. */
  problem(path: Path, message: string, code = "QUERY"): void {
    this.issues.push({ code, path, message });
  }

  /** Throws when there were problems. */
  done(): void {
    if (this.issues.length > 0) throw this.error();
  }

  private error(): XrmError {
    return queryError(this.entity, this.issues);
  }
}

/** The error of a query with problems. */
export function queryError(entity: string, issues: readonly Issue[]): XrmError {
  return issuesError("INVALID_QUERY", `The query on '${entity}' is not right`, issues, { entity });
}

/** Reads values by their readers; what is invalid goes to `issues`. */
export function readParams(
  readers: readonly ParamReader[],
  values: readonly unknown[],
  context: OperandContext,
  issues: Issue[],
): unknown[] {
  const params = new Array<unknown>(readers.length);
  for (let i = 0; i < readers.length; i++) params[i] = readParam(readers[i] as ParamReader, values[i], context, issues);
  return params;
}

function readParam(reader: ParamReader, given: unknown, context: OperandContext, issues: Issue[]): unknown {
  const value = reader.read(given, context);
  if (!(value instanceof Invalid)) return value;
  issues.push({ code: value.code, path: [...reader.path, ...value.path], message: value.message });
  return undefined;
}
