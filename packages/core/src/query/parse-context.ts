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
  readonly issues: Issue[] = [];
  private readonly entity: string;

  constructor(entity: string) {
    this.entity = entity;
  }

  /** The number of a new parameter. */
  param(path: Path, read: ParamReader["read"]): number {
    this.readers.push({ path, read });
    return this.readers.length - 1;
  }

  /** Notes a problem and goes on. */
  problem(path: Path, message: string, code = "QUERY"): void {
    this.issues.push({ code, path, message });
  }

  /** Reads a scan's values into parameters. Problems are collected. */
  read(values: readonly unknown[]): unknown[] {
    return readParams(this.readers, values, this.issues);
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
  for (let i = 0; i < readers.length; i++) {
    const reader = readers[i] as ParamReader;
    const value = reader.read(values[i]);
    if (value instanceof Invalid) issues.push({ code: value.code, path: [...reader.path, ...value.path], message: value.message });
    else params[i] = value;
  }
  return params;
}
