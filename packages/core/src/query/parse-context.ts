/** What parsing shares: parameters in the scan's order, and every problem at once. */

import type { Issue } from "@kith/schema";
import { Invalid } from "@kith/schema";
import { issuesError, type XrmError } from "../errors.ts";

/** Where in a query. */
export type Path = readonly (string | number)[];

/** Reads one value of a scan into the operand that a plan's parameter holds. */
export interface ParamReader {
  readonly path: Path;
  readonly read: (value: unknown) => unknown;
}

/** Collects parameters and problems while a query is parsed. */
export class ParseContext {
  readonly readers: ParamReader[] = [];
  /** The operands of this query, at their parameters' numbers. */
  readonly params: unknown[] = [];
  readonly issues: Issue[] = [];
  private readonly entity: string;

  constructor(entity: string) {
    this.entity = entity;
  }

  /** The number of a new parameter, whose value in this query is read at once. */
  param(path: Path, read: ParamReader["read"], value: unknown): number {
    const reader = { path, read };
    this.readers.push(reader);
    this.params.push(readParam(reader, value, this.issues));
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
export function readParams(readers: readonly ParamReader[], values: readonly unknown[], issues: Issue[]): unknown[] {
  const params = new Array<unknown>(readers.length);
  for (let i = 0; i < readers.length; i++) params[i] = readParam(readers[i] as ParamReader, values[i], issues);
  return params;
}

function readParam(reader: ParamReader, given: unknown, issues: Issue[]): unknown {
  const value = reader.read(given);
  if (!(value instanceof Invalid)) return value;
  issues.push({ code: value.code, path: [...reader.path, ...value.path], message: value.message });
  return undefined;
}
