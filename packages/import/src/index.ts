/**
 * Streaming import of CSV and JSON Lines into a Kith system, through its write path.
 *
 * @packageDocumentation
 */

export { importErrorCodes, type RejectCode, rejectCodes } from "./errors.ts";
export { importRecords } from "./import-records.ts";
export type { ColumnMapping, Conversion, Mapping } from "./mapping/mapping.ts";
export type { ImportField, ImportOptions, ImportTarget, ObjectSource, TextSource } from "./options.ts";
export type { ImportProgress, ImportResult, RejectedRow, SecondPass } from "./result.ts";
