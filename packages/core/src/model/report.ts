/** Collecting the problems of declarations, so that all are told at once. */

import type { Issue } from "@kith/schema";
import { issuesError, type XrmError } from "../errors.ts";

/** One problem of a declaration. */
export interface DeclarationProblem {
  readonly code: string;
  readonly plugin?: string | undefined;
  readonly entity?: string | undefined;
  readonly field?: string | undefined;
  readonly option?: string | undefined;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Takes a problem and goes on. */
export type ReportDeclaration = (problem: DeclarationProblem) => void;

/** A list that grows by reporting, and the error it ends in. */
export class Problems {
  private readonly issues: Issue[] = [];
  /** The plugin that stands for bare entities; nobody wrote it, so that messages do not name it. */
  implicit: string | undefined;

  readonly report: ReportDeclaration = ({ code, plugin, entity, field, option, message }) => {
    const path = [entity, field, option].filter((part) => part !== undefined);
    const whose = plugin === undefined || plugin === this.implicit ? "" : `(plugin '${plugin}') `;
    this.issues.push({ code, path, message: `${whose}${message}`, params: { plugin, entity, field, option } });
  };

  get any(): boolean {
    return this.issues.length > 0;
  }

  error(): XrmError {
    const count = this.issues.length;
    return issuesError(
      "INVALID_MODEL",
      `The model has ${count === 1 ? "a problem" : `${count} problems`}`,
      this.issues,
    );
  }
}
