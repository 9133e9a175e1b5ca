/**
 * The `kith` command.
 *
 * @packageDocumentation
 */

export { exitCodes, main } from "./main.ts";
export type { Terminal } from "./terminal.ts";
