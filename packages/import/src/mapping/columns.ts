/** Columns of a source and fields of an entity: which is called like which, and which can be filled. */

import type { EntityModel, FieldModel } from "@kith/core";
import { didYouMean, fold, printable } from "@kith/schema";

/** Finds the field that a column is called like, by name or label in any language. */
export class FieldNames {
  private readonly byName = new Map<string, FieldModel>();
  private readonly byLabel = new Map<string, FieldModel | undefined>();

  constructor(entity: EntityModel) {
    // An id that comes from elsewhere is hardly ever ours; it must be mapped by name.
    for (const field of entity.fields)
      if (isWritable(field) && field.name !== "id") this.byName.set(plain(field.name), field);
    for (const field of this.byName.values()) {
      const labels = typeof field.label === "string" ? [field.label] : Object.values(field.label);
      for (const label of new Set(labels.map(plain))) {
        this.byLabel.set(label, this.byLabel.has(label) ? undefined : field);
      }
    }
  }

  /** The field, or undefined when there is none, or a label that several have. */
  find(column: string): FieldModel | undefined {
    const name = plain(column);
    return this.byName.get(name) ?? this.byLabel.get(name);
  }

  /** All names that can be mapped. */
  get names(): string[] {
    return [...this.byName.values()].map((field) => field.name);
  }
}

/** A field that an import can fill: what create takes. */
export function isWritable(field: FieldModel): boolean {
  return field.writable !== "never" || field.name === "id";
}

/** Why a name cannot be mapped to. */
export function unmappable(
  entity: EntityModel,
  field: FieldModel | undefined,
  name: string,
  names: readonly string[],
): string {
  if (!field) return `is no field of '${entity.name}'.${didYouMean(name, names)}`;
  const why = field.stored ? "is set by the engine" : "is stored with the records that it leads to; import those";
  return `cannot be imported: it ${why}`;
}

/** `Close Date`, `close_date` and `closeDate` are one name. */
export function plain(name: string): string {
  return fold(name).replace(/[^\p{L}\p{N}]/gu, "");
}

/** Names of columns, as a message lists them. */
export function listed(columns: readonly string[]): string {
  const shown = columns.slice(0, 12).map((name) => `'${printable(name, 30)}'`);
  return columns.length > 12 ? `${shown.join(", ")} and ${columns.length - 12} more` : shown.join(", ") || "none";
}
