/** Declaring operations: domain verbs with typed input and output. */

import type { Localized, StandardSchema } from "@kith/schema";
import type { Context } from "../context/context.ts";

/** A domain verb. */
export interface Operation<R, I, O, Raw = I> {
  readonly name: string;
  readonly label?: Localized;
  readonly input: StandardSchema<Raw, I>;
  readonly output?: StandardSchema<any, O>;
  readonly handler: (input: I, ctx: Context<R>) => O | Promise<O>;
}

/** An operation of which nothing is known. */
export type AnyOperation = Operation<any, any, any, any>;

/** The keys that an operation declaration takes. */
export const operationKeys = ["name", "label", "input", "output", "handler"] as const;

/**
 * Declares an operation. Its handler runs in one transaction, with checked input; its output is checked too when a schema is given.
 *
 * @example
 * const win = defineOperation<Entities>()({
 *   name: 'opportunity.win',
 *   input: z.object({ id: z.string(), amount: z.string() }),
 *   handler: ({ id, amount }, { xrm }) => xrm.opportunity.update(id, { stage: 'won', amount }),
 * })
 */
export function defineOperation<R>(): <I, O, Raw = I>(operation: {
  /** `noun.verb`, unique in the model. */
  readonly name: string;
  /** What people see on the button. */
  readonly label?: Localized;
  /** A zod schema, or any other Standard Schema. */
  readonly input: StandardSchema<Raw, I>;
  readonly output?: StandardSchema<any, O>;
  readonly handler: (input: I, ctx: Context<R>) => O | Promise<O>;
}) => Operation<R, I, O, Raw> {
  return (operation) => operation;
}
