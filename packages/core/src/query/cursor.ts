/** Cursors: where a page ended, as opaque text. A cursor holds the sort keys of the last row, and which order they belong to. */

import { createHash } from "node:crypto";
import { XrmError } from "../errors.ts";
import { fieldPath } from "../model/parts.ts";
import type { OrderKey } from "./ast.ts";

const longest = 20_000;

/** A short mark of an order, so that a cursor is not used with another. */
export function orderMark(entity: string, order: readonly OrderKey[]): string {
  const text = order.map((key) => `${[...key.path, key.field].map(fieldPath).join(".")} ${key.direction}`).join();
  return createHash("sha256").update(`${entity}|${text}`).digest("base64url").slice(0, 8);
}

/** The cursor of a place. */
export function writeCursor(mark: string, place: readonly unknown[]): string {
  return Buffer.from(JSON.stringify([mark, ...place]), "utf8").toString("base64url");
}

/**
 * The mark and the place of a cursor.
 *
 * @throws {XrmError} INVALID_CURSOR
 */
export function readCursor(cursor: unknown): { mark: string; place: unknown[] } {
  if (typeof cursor === "string" && cursor.length <= longest && /^[A-Za-z0-9_-]+$/.test(cursor)) {
    try {
      const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
      if (Array.isArray(value) && value.length > 1 && typeof value[0] === "string")
        return { mark: value[0], place: value.slice(1) };
    } catch {
      // Falls through to the error below.
    }
  }
  throw new XrmError(
    "INVALID_CURSOR",
    "The cursor in `after` is damaged; pass on `next` of the page before, unchanged.",
    { field: "after" },
  );
}

/** The error of a cursor that was made for another query. */
export function foreignCursor(entity: string): XrmError {
  return new XrmError(
    "INVALID_CURSOR",
    `The cursor in \`after\` belongs to another query; keep the entity and orderBy of the page before ('${entity}').`,
    { entity, field: "after" },
  );
}
