// A small system to import into, and what tests do with it again and again.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createXrm,
  defineEntity,
  defineModel,
  type EntitiesOf,
  field,
  type Storage,
  type Xrm,
  XrmError,
} from "@kith/core";
import { afterAll } from "vitest";

const company = defineEntity("company", {
  title: "name",
  fields: {
    name: field.text({ required: true, unique: true, max: 60, label: { en: "Company", "pt-BR": "Empresa" } }),
    parent: field.lookup("company"),
    partner: field.lookup("company"),
    employees: field.integer({ min: 0 }),
    vip: field.boolean({ required: true, default: false }),
    notes: field.longText(),
    tags: field.tags(),
    founded: field.date(),
    revenue: field.money(),
  },
});

const person = defineEntity("person", {
  title: "name",
  fields: {
    code: field.text({ unique: true, fold: false }),
    name: field.text({ required: true }),
    city: field.text(),
    email: field.email({ unique: true }),
    company: field.lookup("company"),
    stage: field.choice(["open", "won", "lost"], { required: true, default: "open" }),
    since: field.date({ immutable: true }),
  },
});

export const entities = [company, person] as const;
export const model = defineModel({ entities, currency: "BRL" });
export interface Entities extends EntitiesOf<typeof model> {}

export function openXrm(storage: Storage): Promise<Xrm<Entities>> {
  return createXrm<Entities>({ model, storage });
}

const folder = mkdtempSync(join(tmpdir(), "kith-import-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;

/** A path that nothing else has. */
export function path(name: string): string {
  return join(folder, `${++count}-${name}`);
}

/** A file with this text or these bytes. */
export function file(content: string | Uint8Array, name = "rows.csv"): string {
  const at = path(name);
  writeFileSync(at, content);
  return at;
}

/** The error that a call ends with. */
export async function failure(call: Promise<unknown>): Promise<XrmError> {
  const error = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof XrmError) return error;
  throw new Error("an XrmError was expected", { cause: error });
}
