/** One call as data: it can be asked of several systems, printed and cut down. */

type Json = Readonly<Record<string, unknown>>;

/** A call of a repository, or several in one transaction. One that was spoilt on purpose says so. `at`: what the clock says then. */
export type Question = Call & { readonly spoiled?: true; readonly at?: number };

/** Who reads, and when (in milliseconds since 1970), as far as it matters to what is read. */
export interface Reader {
  readonly timeZone: string;
  readonly fiscalYearStart: number;
  readonly at: number;
}

type Call =
  | {
      readonly call: "get";
      readonly entity: string;
      readonly id: string;
      readonly query: Json;
      readonly as?: Reader;
      readonly bounded?: true;
    }
  | {
      readonly call: "findOne" | "findMany" | "findPage" | "stream" | "count" | "exists" | "aggregate";
      readonly entity: string;
      readonly query: Json;
      readonly as?: Reader;
      /** With bounds that are never reached: some storages run other statements then. */
      readonly bounded?: true;
    }
  /** Across entities. */
  | {
      readonly call: "search";
      readonly text: string;
      readonly options: Json;
      readonly as?: Reader;
      readonly bounded?: true;
    }
  /** Page after page, with a write after each. */
  | { readonly call: "walk"; readonly entity: string; readonly query: Json; readonly writes: readonly Question[] }
  | { readonly call: "create"; readonly entity: string; readonly values: Json; readonly actor?: string | null }
  | { readonly call: "createMany"; readonly entity: string; readonly list: readonly Json[] }
  | {
      readonly call: "update";
      readonly entity: string;
      readonly id: string;
      readonly values: Json;
      readonly ifVersion?: number;
    }
  | { readonly call: "updateMany"; readonly entity: string; readonly where: Json; readonly values: Json }
  | { readonly call: "upsert"; readonly entity: string; readonly values: Json; readonly by: string | readonly string[] }
  | { readonly call: "delete"; readonly entity: string; readonly id: string; readonly ifVersion?: number }
  | { readonly call: "deleteMany"; readonly entity: string; readonly where: Json }
  | { readonly call: "transaction"; readonly steps: readonly Question[]; readonly end: "commit" | "abort" };

/** What came back: a value, or the code of the error. */
export type Answer = { readonly value: unknown } | { readonly code: string; readonly message: string };

const reads: ReadonlySet<string> = new Set([
  "get",
  "findOne",
  "findMany",
  "findPage",
  "stream",
  "count",
  "exists",
  "aggregate",
  "search",
]);

/** Whether a question changes nothing. */
export function isRead(question: Question): boolean {
  return reads.has(question.call);
}

/** Errors that a read may give, and those that a write may give besides. Any other is a defect, even when all storages agree on it. */
const readErrors: ReadonlySet<string> = new Set(["NOT_FOUND", "OUT_OF_RANGE", "NO_RATE"]);
const writeErrors: ReadonlySet<string> = new Set([
  ...readErrors,
  "UNIQUE",
  "REFERENCE",
  "RESTRICTED",
  "CONFLICT",
  "INVALID_RECORD",
]);

/** Errors that a question may give when something is wrong with it. */
const spoiledErrors: ReadonlySet<string> = new Set([
  ...writeErrors,
  "INVALID_QUERY",
  "INVALID_OPTIONS",
  "INVALID_CURSOR",
  "UNKNOWN_ENTITY",
]);

/** Whether an answer is one that such a question can have. */
export function isExpected(question: Question, answer: Answer): boolean {
  if (!("code" in answer)) return true;
  if (question.spoiled) return spoiledErrors.has(answer.code);
  return (isRead(question) ? readErrors : writeErrors).has(answer.code);
}

/** Whether there is something in an answer. */
export function isFilled(answer: Answer): boolean {
  if ("code" in answer) return false;
  const { value } = answer;
  if (Array.isArray(value)) return value.some((item) => (isPage(item) ? item.rows.length > 0 : item !== "aborted"));
  return value !== null && value !== undefined && value !== 0 && value !== false;
}

function isPage(value: unknown): value is { readonly rows: unknown[] } {
  return value !== null && typeof value === "object" && Array.isArray((value as { rows?: unknown }).rows);
}
