/** What a field-type suite is given, and how it gets at more values. */

import {
  canonicalText,
  type FieldDef,
  type FieldType,
  Invalid,
  type OperandContext,
  readOperand,
  relativeWords,
} from "@kith/schema";
import type fc from "fast-check";

/** One way to declare a field of the type, with values for it. */
export interface FieldSample {
  /** What sets this declaration apart; part of the tests' names. */
  readonly name?: string;
  /** The field's options, beside its kind. None unless given. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Values that must be taken, not necessarily in normal form; several that differ, equal ones in different forms too. */
  readonly valid: readonly unknown[];
  /** Values that must be refused. The suite adds hostile ones of its own, which may be refused or read but never throw. */
  readonly invalid: readonly unknown[];
  /** Operands for operators that read their own; for the others they are made from the valid values. */
  readonly operands?: Readonly<Record<string, readonly unknown[]>>;
  /** True when the options hold a JSON Schema of the author's own, which refuses more than `read` and `limit` do. False unless given. */
  readonly ownSchema?: boolean;
  /** Further values for the property tests; may give invalid ones too. */
  readonly arbitrary?: fc.Arbitrary<unknown>;
}

/** A field type and what proves it. */
export interface FieldTypeSubject {
  readonly type: FieldType;
  readonly samples: readonly FieldSample[];
  /** Options that `options` or `check` must refuse. */
  readonly refused?: readonly Readonly<Record<string, unknown>>[];
}

/** A declared field of the type, with values in normal form, no two alike. */
export interface Declared {
  readonly type: FieldType;
  readonly def: FieldDef;
  readonly sample: FieldSample;
  readonly values: readonly unknown[];
}

/** Declares the field of a sample. */
export function declare(type: FieldType, sample: FieldSample): Declared {
  const def = Object.freeze({ ...sample.options, kind: type.kind }) as FieldDef;
  const byText = new Map<string, unknown>();
  for (const given of sample.valid) {
    const value = type.read(given, def);
    if (!(value instanceof Invalid)) byText.set(canonicalText(value), value);
  }
  return { type, def, sample, values: [...byText.values()] };
}

/** What `read` and `limit` together say: the normal form, or why not. */
export function accept({ type, def }: Pick<Declared, "type" | "def">, value: unknown): unknown {
  const read = type.read(value, def);
  return read instanceof Invalid ? read : (type.limit?.(read, def) ?? read);
}

/** The run that operands are read for. */
export const someRun: OperandContext = {
  now: "2026-01-31T09:30:00.000Z",
  timeZone: "America/Sao_Paulo",
  fiscalYearStart: 4,
};

/** Operands of an operator in normal form. */
export function operandsOf(declared: Declared, word: string): unknown[] {
  const { type, def, sample, values } = declared;
  const operator = type.operators(def)[word];
  if (!operator) return [];
  const made =
    sample.operands?.[word] ??
    (operator.relative
      ? relativeWords
      : operator.read && operator.operand === "value"
        ? elementsOf(values)
        : operator.operand === "value"
          ? values
          : operator.read && operator.operand === "list"
            ? [[], ...values]
            : operator.operand === "list"
              ? [[], values.slice(0, 1), values.slice(0, 2), values.slice(1)]
              : pairs(values));
  return made
    .map((operand) => readOperand(operator, type, operand, def, someRun))
    .filter((operand) => !(operand instanceof Invalid));
}

/** Pairs of up to 25 of the values: all of them would be too many to try. */
function pairs(values: readonly unknown[]): unknown[] {
  const some = values.filter((_, i) => i % Math.ceil(values.length / 25) === 0);
  return some.flatMap((low) => some.map((high) => [low, high]));
}

/** The elements of lists, for operators that ask for one. */
function elementsOf(values: readonly unknown[]): unknown[] {
  return values.flatMap((value) => (Array.isArray(value) ? value : [value]));
}
