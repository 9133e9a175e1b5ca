/** Opening the system that a module gives. */

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Backfill, createXrm, type Xrm, XrmError, type XrmOptions } from "@kith/core";
import type { Terminal } from "./terminal.ts";
import type { Texts } from "./texts/texts.ts";
import { UsageError } from "./usage-error.ts";

const usual = ["kith.config.ts", "kith.config.js", "kith.config.mjs"];

/** What a module gives: a system that is open, or what one is made of. `shown` is the module, as users know it. */
export type App =
  | { readonly shown: string; readonly xrm: Xrm<any> }
  | { readonly shown: string; readonly options: XrmOptions<any>; readonly backfill: Backfill };

/**
 * Opens the system of a module.
 *
 * @throws {UsageError}
 */
export async function openApp(given: string | undefined, at: Pick<Terminal, "cwd">, texts: Texts): Promise<Xrm<any>> {
  const app = await readApp(given, at, texts);
  return "xrm" in app ? app.xrm : createXrm<any>(app.options);
}

/**
 * The model and the storage of a module's system, which is not opened, and the values that it has for records that lack one.
 *
 * @throws {UsageError} also when the module gives an open system, which does not tell its storage
 */
export async function appParts(
  given: string | undefined,
  at: Pick<Terminal, "cwd">,
  texts: Texts,
): Promise<Pick<XrmOptions<any>, "model" | "storage"> & { readonly backfill: Backfill }> {
  const app = await readApp(given, at, texts);
  if (!("xrm" in app)) return { model: app.options.model, storage: app.options.storage, backfill: app.backfill };
  await app.xrm.close();
  throw new UsageError(texts.openedApp(app.shown));
}

/**
 * The system of a module: what it exports as default, `xrm` or `open` is `{ model, storage }`, an open system, or a function that gives either.
 * Beside the options of `createXrm` it may give `backfill`, which is for changes of the model alone.
 *
 * @throws {UsageError}
 */
export async function readApp(given: string | undefined, { cwd }: Pick<Terminal, "cwd">, texts: Texts): Promise<App> {
  const shown = given ?? usual.find((name) => existsSync(resolve(cwd, name))) ?? (usual[0] as string);
  const path = resolve(cwd, shown);
  if (!existsSync(path)) throw new UsageError(texts.noApp(shown));
  const module = await load(path, shown, texts);
  const exported = module["default"] ?? module["xrm"] ?? module["open"];
  let system: unknown;
  try {
    system = await (typeof exported === "function" ? (exported as () => unknown)() : exported);
  } catch (error) {
    // What the engine says of its options, the file or the model is clear enough.
    throw error instanceof XrmError ? error : new UsageError(texts.appFailed(shown, reason(error)), undefined, error);
  }
  if (typeof system !== "object" || system === null) throw new UsageError(texts.badApp(shown));
  // An open system answers an unknown name with an error, so that it is asked for what it surely has.
  if ("transaction" in system && "$" in system) return { shown, xrm: system as Xrm<any> };
  if ("model" in system && "storage" in system) {
    const { backfill = {}, ...options } = system as XrmOptions<any> & { backfill?: Backfill };
    return { shown, options, backfill };
  }
  throw new UsageError(texts.badApp(shown));
}

async function load(path: string, shown: string, texts: Texts): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw new UsageError(texts.appNeedsNode(shown, process.versions.node), undefined, error);
    }
    throw error instanceof XrmError ? error : new UsageError(texts.appFailed(shown, reason(error)), undefined, error);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
