/**
 * The PostgreSQL storage of Kith.
 *
 * @packageDocumentation
 */

export { type PostgresOptions, postgres } from "./postgres-storage.ts";
