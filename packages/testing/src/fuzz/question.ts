/** One call as data: it can be asked of several systems, printed and cut down. */

import { type Actor, type Xrm, XrmError } from "@kith/core";

type Json = Readonly<Record<string, unknown>>;

/** A call of a repository, or several in one transaction. One that was spoilt on purpose says so. */
export type Question = Call & { readonly spoiled?: true };

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
]);

/** Whether a question changes nothing. */
export function isRead(question: Question): boolean {
  return reads.has(question.call);
}

/** Errors that a read may give, and those that a write may give besides. Any other is a defect, even when all storages agree on it. */
const readErrors: ReadonlySet<string> = new Set(["NOT_FOUND", "OUT_OF_RANGE"]);
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
]);

/** Whether an answer is one that such a question can have. */
export function isExpected(question: Question, answer: Answer): boolean {
  if (!("code" in answer)) return true;
  if (question.spoiled) return spoiledErrors.has(answer.code);
  return (isRead(question) ? readErrors : writeErrors).has(answer.code);
}

function readerOf({ timeZone, fiscalYearStart }: Partial<Reader>): Actor {
  return {
    id: "reader",
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(fiscalYearStart === undefined ? {} : { fiscalYearStart }),
  };
}

class Abort extends Error {}

/** Asks a question of a system. An error that is no XrmError has the code THREW. */
export async function ask(xrm: Xrm<any>, question: Question): Promise<Answer> {
  try {
    return { value: await call(xrm, question) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Answer {
  if (error instanceof XrmError) return { code: error.code, message: error.message };
  return { code: "THREW", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

async function call(xrm: Xrm<any>, question: Question): Promise<unknown> {
  if (question.call === "transaction") return transact(xrm, question.steps, question.end);
  const handle: Xrm<any> = "as" in question && question.as ? xrm.as(readerOf(question.as)) : xrm;
  const repository = handle.entity(question.entity);
  switch (question.call) {
    case "get":
      return repository.get(question.id, question.query, ...bounds(question));
    case "findPage":
      return pages(repository, question.query, bounds(question));
    case "stream":
      return Array.fromAsync(repository.stream(question.query, ...bounds(question)));
    case "findOne":
    case "findMany":
    case "count":
    case "exists":
    case "aggregate":
      return repository[question.call](question.query, ...bounds(question));
    case "create": {
      const { actor = null, values, entity } = question;
      return actor === null
        ? repository.create(values)
        : (xrm.as({ id: actor }) as Xrm<any>).entity(entity).create(values);
    }
    case "createMany":
      return repository.createMany(question.list);
    case "update":
      return repository.update(
        question.id,
        question.values,
        question.ifVersion === undefined ? {} : { ifVersion: question.ifVersion },
      );
    case "updateMany":
      return repository.updateMany(question.where, question.values);
    case "upsert":
      return repository.upsert(question.values, { by: question.by });
    case "delete":
      return repository.delete(question.id, question.ifVersion === undefined ? {} : { ifVersion: question.ifVersion });
    case "deleteMany":
      return repository.deleteMany(question.where);
  }
}

type Bounds = [] | [{ readonly signal: AbortSignal; readonly timeoutMs: number }];

function bounds({ bounded }: { readonly bounded?: true }): Bounds {
  return bounded ? [{ signal: new AbortController().signal, timeoutMs: 600_000 }] : [];
}

/** Walks every page; a walk longer than the data is cut off and shows as a difference. */
async function pages(repository: ReturnType<Xrm<any>["entity"]>, query: Json, limits: Bounds): Promise<unknown[]> {
  const walked: unknown[] = [];
  let after: string | null = null;
  do {
    const page: { rows: unknown[]; next: string | null; total?: number } = await repository.findPage(
      after === null ? query : { ...query, after },
      ...limits,
    );
    walked.push(page);
    after = page.next;
  } while (after !== null && walked.length < 500);
  return walked;
}

async function transact(xrm: Xrm<any>, steps: readonly Question[], end: "commit" | "abort"): Promise<unknown> {
  const answers: unknown[] = [];
  try {
    await xrm.transaction(async (tx: Xrm<any>) => {
      for (const step of steps) {
        // A step that fails inside a savepoint of its own leaves the transaction whole.
        const answer = step.call === "transaction" ? await ask(tx, step) : await inSavepoint(tx, step);
        answers.push("code" in answer ? answer.code : answer.value);
      }
      if (end === "abort") throw new Abort();
    });
  } catch (error) {
    if (!(error instanceof Abort)) throw error;
    answers.push("aborted");
  }
  return answers;
}

async function inSavepoint(tx: Xrm<any>, step: Question): Promise<Answer> {
  try {
    return await tx.transaction(async (inner: Xrm<any>) => ({ value: await call(inner, step) }));
  } catch (error) {
    return failure(error);
  }
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
