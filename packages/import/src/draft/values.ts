/** The values that a draft gives a record: as they came, or put together of members. */

import type { FieldModel } from "@kith/core";
import type { Issue } from "@kith/schema";
import { rowProblem } from "../errors.ts";
import { membersOf } from "../mapping/members.ts";
import type { Draft, GivenMembers } from "./draft.ts";

type Held = Readonly<Record<string, unknown>> | null | undefined;

/** What create takes. What is wrong with it goes to `issues`. */
export function newValues({ values, members }: Draft, issues?: Issue[]): Record<string, unknown> {
  if (members.size === 0) return values;
  const all = { ...values };
  for (const [field, given] of members) {
    const value = all[field.name] === undefined ? together(field, given, undefined, issues) : undefined;
    if (value !== undefined && value !== null) all[field.name] = value;
  }
  return all;
}

/** What an update of a record takes, be it what the record has already. */
export function updateValues(
  { values, members, cleared }: Draft,
  record: Readonly<Record<string, unknown>>,
  issues: Issue[],
): Record<string, unknown> {
  const all = { ...values };
  for (const name of cleared) all[name] = null;
  for (const [field, given] of members) {
    if (all[field.name] !== undefined) continue;
    const value = together(field, given, record[field.name] as Held, issues);
    // All its cells are empty, and an empty cell leaves a required field alone.
    if (value !== undefined && !(value === null && field.required)) all[field.name] = value;
  }
  return all;
}

/** Members over those that the record holds; null when none is left, undefined when nothing is said of it. */
function together(field: FieldModel, { set, cleared }: GivenMembers, held: Held, issues: Issue[] | undefined): unknown {
  const members = membersOf(field);
  if ([...members.values()].some(({ role }) => role === "target"))
    return held && cleared.includes(held["entity"] as string) ? null : undefined;
  const value: Record<string, unknown> = { ...held, ...set };
  for (const name of cleared) value[name] = null;
  const filled = Object.values(value).some((one) => one !== null && one !== undefined);
  if (!filled) return cleared.length + Object.keys(set).length > 0 ? null : undefined;
  for (const { name, needed } of members.values()) {
    if (!needed || (value[name] !== null && value[name] !== undefined)) continue;
    const message = `is empty, and there is no '${field.name}' without it; fill it in, or leave all of it empty`;
    issues?.push(rowProblem("INCOMPLETE", [field.name, name], message));
  }
  return value;
}
