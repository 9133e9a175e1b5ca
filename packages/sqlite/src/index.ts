/**
 * The SQLite storage of Kith.
 *
 * @packageDocumentation
 */

export { type SqliteOptions, sqlite } from "./sqlite-storage.ts";
