/** Who acts. */

import { isStorable, printable, timeZoneName } from "@kith/schema";
import { XrmError } from "../errors.ts";
import { onlyKeys, wholeNumber } from "../options.ts";

/** Who acts: the host's own id of a user (or of a service), and the roles that policies will ask for. */
export interface Actor {
  /** Up to 255 characters. Stands in `createdBy` and `updatedBy`. */
  readonly id: string;
  readonly roles?: readonly string[];
  /** The zone that this actor's days begin in (`America/Sao_Paulo`): for relative dates and time buckets. The system's unless given. */
  readonly timeZone?: string;
  /** The month in which this actor's fiscal years begin, 1 to 12. The system's unless given. */
  readonly fiscalYearStart?: number;
}

/** The keys that an actor takes. */
export const actorKeys = ["id", "roles", "timeZone", "fiscalYearStart"] as const;

/**
 * A checked, frozen copy of an actor.
 *
 * @throws {XrmError} INVALID_OPTIONS
 */
export function readActor(value: unknown): Actor {
  if (value === null || typeof value !== "object") {
    throw new XrmError("INVALID_OPTIONS", "An actor is an object with an id: as({ id: 'u1', roles: [] }).");
  }
  onlyKeys("as()", value, actorKeys);
  const { id, roles = [], timeZone, fiscalYearStart } = value as Record<keyof Actor, unknown>;
  if (typeof id !== "string" || id === "" || id.length > 255 || !isStorable(id)) {
    throw new XrmError("INVALID_OPTIONS", "An actor's id must be text of 1 to 255 characters.", {
      params: { option: "id" },
    });
  }
  if (!Array.isArray(roles) || roles.some((role) => typeof role !== "string")) {
    throw new XrmError("INVALID_OPTIONS", "An actor's roles must be a list of names.", { params: { option: "roles" } });
  }
  return Object.freeze({
    id,
    roles: Object.freeze([...roles]),
    ...(timeZone === undefined ? {} : { timeZone: readTimeZone("as()", timeZone) }),
    ...(fiscalYearStart === undefined ? {} : { fiscalYearStart: readFiscalYearStart("as()", fiscalYearStart) }),
  });
}

/**
 * The name of a time zone, as the host spells it.
 *
 * @throws {XrmError} INVALID_OPTIONS
 */
export function readTimeZone(call: string, value: unknown): string {
  const name = timeZoneName(value);
  if (name !== undefined) return name;
  throw new XrmError(
    "INVALID_OPTIONS",
    `${call}: timeZone must be the name of a time zone, like 'America/Sao_Paulo' or 'UTC', not ${printable(value)}.`,
    { params: { option: "timeZone" } },
  );
}

/**
 * The month in which fiscal years begin.
 *
 * @throws {XrmError} INVALID_OPTIONS
 */
export function readFiscalYearStart(call: string, value: unknown): number {
  return wholeNumber(call, "fiscalYearStart", value, { min: 1, max: 12, default: 1 });
}
