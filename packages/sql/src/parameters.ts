/** From the parameters of a plan to the bindings of a statement. Worked out once per statement; running it is two short loops. */

import { XrmError } from "@kith/core";
import type { ColumnType, ColumnValue } from "@kith/schema";
import type { CompiledQuery } from "kysely";
import type { Dialect } from "./dialect.ts";
import { Statement } from "./driver.ts";

/** An operand of the plan, and the list of column values that it gives. */
export class Operand {
  /** The plan's parameter, or -1 for what the statement before it found (parents' ids). */
  readonly param: number;
  readonly derive: (operand: never) => readonly unknown[];

  constructor(param: number, derive: (operand: never) => readonly unknown[]) {
    this.param = param;
    this.derive = derive;
  }
}

/** Stands where a binding will be: the `index`-th value that an operand gives, turned into a binding. */
export class Marker {
  readonly operand: Operand;
  readonly index: number;
  readonly bind: ((value: never) => unknown) | undefined;

  constructor(operand: Operand, index: number, bind: ((value: never) => unknown) | undefined) {
    this.operand = operand;
    this.index = index;
    this.bind = bind;
  }
}

/** A compiled statement and how its bindings come from a plan's parameters (and from the ids that a statement before it found). */
export interface Query {
  readonly statement: Statement;
  readonly bind: (params: readonly unknown[], ids?: readonly unknown[]) => unknown[];
}

/** The most values of one statement: SQLite's limit, which is the lowest. */
const mostValues = 32_766;

/** The statement of what Kysely compiled; its parameters are markers, or bindings that never change. */
export function toQuery(compiled: CompiledQuery): Query {
  const { length } = compiled.parameters;
  if (length > mostValues)
    throw new XrmError(
      "INVALID_QUERY",
      `The query puts ${length} values into one statement, which takes at most ${mostValues}; split it, or put values into lists for \`in\`.`,
      { params: { limit: mostValues } },
    );
  const operands: Operand[] = [];
  const places = new Map<Operand, number>();
  const slots = compiled.parameters.map((parameter) => {
    if (!(parameter instanceof Marker)) return { operand: -1, index: 0, bind: undefined, constant: parameter };
    let operand = places.get(parameter.operand);
    if (operand === undefined) {
      operand = operands.push(parameter.operand) - 1;
      places.set(parameter.operand, operand);
    }
    return { operand, index: parameter.index, bind: parameter.bind, constant: undefined };
  });
  const bind = (params: readonly unknown[], ids?: readonly unknown[]): unknown[] => {
    const given = new Array<readonly unknown[]>(operands.length);
    for (let i = 0; i < operands.length; i++) {
      const { param, derive } = operands[i] as Operand;
      given[i] = derive((param < 0 ? ids : params[param]) as never);
    }
    const values = new Array<unknown>(slots.length);
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i] as (typeof slots)[number];
      if (slot.operand < 0) values[i] = slot.constant;
      else {
        const value = (given[slot.operand] as readonly unknown[])[slot.index];
        values[i] = slot.bind === undefined || value === null ? value : slot.bind(value as never);
      }
    }
    return values;
  };
  return { statement: new Statement(compiled.sql), bind };
}

const alone = (value: unknown) => [value];

/** A parameter whose operand is bound as it is. */
export function plainMarker(param: number, made?: (value: never) => unknown): Marker {
  return new Marker(new Operand(param, alone as never), 0, made);
}

/** The binding of a column value. */
export function bindColumn(dialect: Dialect, type: ColumnType, value: ColumnValue | undefined): unknown {
  if (value === null || value === undefined) return null;
  const { bind } = dialect.columns[type];
  return bind ? bind(value) : value;
}
