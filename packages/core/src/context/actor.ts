/** Who acts. */

import { isStorable } from "@kith/schema";
import { XrmError } from "../errors.ts";
import { onlyKeys } from "../options.ts";

/** Who acts: the host's own id of a user (or of a service), and the roles that policies will ask for. */
export interface Actor {
  /** Up to 255 characters. Stands in `createdBy` and `updatedBy`. */
  readonly id: string;
  readonly roles?: readonly string[];
}

/** The keys that an actor takes. */
export const actorKeys = ["id", "roles"] as const;

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
  const { id, roles = [] } = value as { id?: unknown; roles?: unknown };
  if (typeof id !== "string" || id === "" || id.length > 255 || !isStorable(id)) {
    throw new XrmError("INVALID_OPTIONS", "An actor's id must be text of 1 to 255 characters.", {
      params: { option: "id" },
    });
  }
  if (!Array.isArray(roles) || roles.some((role) => typeof role !== "string")) {
    throw new XrmError("INVALID_OPTIONS", "An actor's roles must be a list of names.", { params: { option: "roles" } });
  }
  return Object.freeze({ id, roles: Object.freeze([...roles]) });
}
