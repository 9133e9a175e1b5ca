/** `was`: the names that entities and fields had before, so that a database keeps their data under the new ones. */

import { entityNameProblem, fieldNameProblem, printable } from "@kith/schema";
import type { DraftEntity } from "./draft.ts";
import type { ReportDeclaration } from "./report.ts";

/** The former names in a declaration, the latest first as declared; none when there are none or they are not right. */
export function formerNames(declared: Readonly<Record<string, unknown>>): readonly string[] {
  const { was } = declared;
  const list = typeof was === "string" ? [was] : was;
  return Array.isArray(list) && list.every((name) => typeof name === "string") ? list : [];
}

/** Reports former names that cannot be: of the wrong form, still in use, or claimed twice. */
export function checkRenames(drafts: ReadonlyMap<string, DraftEntity>, report: ReportDeclaration): void {
  const entities = [...drafts.values()].map(({ name, plugin, options }) => ({ name, plugin, declared: options }));
  checkNames("entity", entities, entityNameProblem, (entity) => ({ entity }), report);
  for (const draft of drafts.values()) {
    const fields = [...draft.fields.values()].map(({ name, plugin, def }) => ({ name, plugin, declared: def }));
    const place = (field: string) => ({ entity: draft.name, field });
    checkNames("field", fields, fieldNameProblem, place, report);
  }
}

interface Named {
  readonly name: string;
  readonly plugin: string;
  readonly declared: Readonly<Record<string, unknown>>;
}

function checkNames(
  what: string,
  all: readonly Named[],
  problemOf: (name: unknown) => string | undefined,
  place: (name: string) => { readonly entity: string; readonly field?: string },
  report: ReportDeclaration,
): void {
  const present = new Set(all.map(({ name }) => name));
  const claimed = new Map<string, string>();
  for (const { name, plugin, declared } of all) {
    const { was } = declared;
    if (was === undefined) continue;
    const tell = (message: string, code = "BAD_OPTION") =>
      report({ code, plugin, ...place(name), option: "was", message });
    const names = formerNames(declared);
    if (names.length === 0) tell("must be a name or a list of names", "WRONG_TYPE");
    for (const old of names) {
      const problem = problemOf(old);
      const other = claimed.get(old);
      if (problem) tell(`names '${printable(old)}': ${problem}`);
      else if (old === name) tell(`names the ${what} itself; name what it was called before`);
      else if (present.has(old)) tell(`names '${old}', which is still there; take one of the two out`);
      else if (other !== undefined) tell(`names '${old}', which '${other}' claims too; only one of them can have it`);
      claimed.set(old, name);
    }
  }
}
