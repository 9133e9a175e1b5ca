/** Asking a question of a system. */

import { type Actor, type Xrm, XrmError } from "@kith/core";
import type { Answer, Question, Reader } from "./question.ts";

type Json = Readonly<Record<string, unknown>>;

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
  if (question.call === "search") return handle.$.search(question.text, question.options, ...bounds(question));
  const repository = handle.entity(question.entity);
  switch (question.call) {
    case "get":
      return repository.get(question.id, question.query, ...bounds(question));
    case "findPage":
      return pages(repository, question.query, bounds(question));
    case "walk":
      return walk(xrm, question);
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

/** Pages with writes between them: a walk shows what is there when it comes by, nothing twice that stays where it is. */
async function walk(xrm: Xrm<any>, { entity, query, writes }: Extract<Question, { call: "walk" }>): Promise<unknown[]> {
  const walked: unknown[] = [];
  let after: string | null = null;
  for (let i = 0; i < 500; i++) {
    const page: { rows: unknown[]; next: string | null } = await xrm
      .entity(entity)
      .findPage(after === null ? query : { ...query, after });
    walked.push(page);
    after = page.next;
    if (after === null) break;
    const write = writes[i];
    if (!write) continue;
    const answer = await ask(xrm, write);
    walked.push("code" in answer ? answer.code : answer.value);
  }
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
