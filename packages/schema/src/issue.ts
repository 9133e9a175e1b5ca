/** How a value or a declaration is found wrong, before anyone throws. */

/** One problem: what (a code and a sentence), where (a path). */
export interface Issue {
  /** A word from the code table, in capitals. */
  readonly code: string;
  /** A sentence that says what is wrong and what to do. */
  readonly message: string;
  /** Where in the input, outermost first. */
  readonly path: readonly (string | number)[];
  /** The figures that the message speaks of. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** What a field type returns for a value it refuses. Returned, not thrown: every error of a record is told at once. */
export class Invalid {
  /** A word in capitals, one of the value codes or a plugin's own. */
  readonly code: string;
  /** What follows the field's name in a sentence: `must be a number`. */
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  /** Where inside the value, when it has an inside. */
  readonly path: readonly (string | number)[];

  constructor(
    code: string,
    message: string,
    params?: Readonly<Record<string, unknown>>,
    path: readonly (string | number)[] = [],
  ) {
    this.code = code;
    this.message = message;
    this.params = params;
    this.path = path;
  }
}

/** An {@link Invalid} for a value of the wrong type. */
export function wrongType(expected: string, value: unknown): Invalid {
  return new Invalid("WRONG_TYPE", `must be ${expected}, not ${describe(value)}`, { expected });
}

/** A value in a few words that are safe to stand in a message. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "undefined") return String(value);
  if (typeof value === "bigint") return `the bigint ${value}`;
  if (typeof value === "string") {
    return value.length > 40 ? `text of ${value.length} characters` : JSON.stringify(value.toWellFormed());
  }
  if (typeof value === "object") {
    const name = value.constructor?.name;
    return typeof name === "string" && name !== "Object" && name !== "" ? `a ${name}` : "an object";
  }
  return `a ${typeof value}`;
}
