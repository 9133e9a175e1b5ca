/** Running operations: input checked, one transaction, output checked. */

import { describe, issuePath, type StandardResult, type StandardSchema } from "@kith/schema";
import { contextOf } from "../command/hook-runner.ts";
import type { Session } from "../context/session.ts";
import { transact } from "../context/transact.ts";
import { issuesError, XrmError } from "../errors.ts";
import type { AnyOperation } from "./operation.ts";

/** Runs an operation of the model. */
export async function invokeOperation(session: Session, operation: unknown, input: unknown): Promise<unknown> {
  const { system } = session;
  const { operations } = system.model;
  const name = (operation as AnyOperation | null)?.name;
  if (typeof name !== "string" || operations.get(name) !== operation) {
    const known = [...operations.keys()];
    const listed = known.length > 0 ? `It has ${known.join(", ")}.` : "It has none.";
    if (typeof operation === "string") {
      throw new XrmError(
        "UNKNOWN_OPERATION",
        `invoke takes the operation itself, as defineOperation gave it, not its name ${describe(operation)}. ${listed}`,
        {
          params: { operation },
        },
      );
    }
    throw new XrmError(
      "UNKNOWN_OPERATION",
      `The operation ${describe(name)} is not part of the model; list it under operations of a plugin. ${listed}`,
      {
        params: { operation: name },
      },
    );
  }
  const found = operation as AnyOperation;
  const values = await check(found.input, input, `The input of '${name}' is not right`);
  return transact(session, { timeoutMs: system.transactionMs, control: undefined }, async (inner) => {
    const output: unknown = await found.handler(values, contextOf(inner));
    return found.output ? check(found.output, output, `The output of '${name}' is not what it promises`) : output;
  });
}

async function check(schema: StandardSchema<unknown, unknown>, value: unknown, head: string): Promise<unknown> {
  let result: StandardResult<unknown>;
  try {
    result = await schema["~standard"].validate(value);
  } catch (error) {
    // Such as a transform that parses text.
    const message = `${head}: its schema failed: ${error instanceof Error ? error.message : describe(error)}`;
    throw error instanceof XrmError ? error : new XrmError("INVALID_INPUT", message, { cause: error });
  }
  if (!result.issues) return result.value;
  const issues = result.issues.map((issue) => ({ code: "INPUT", message: issue.message, path: issuePath(issue) }));
  throw issuesError("INVALID_INPUT", head, issues);
}
