/** What a plugin does to records: factories can make them, and its hooks come to an end. */

import assert from "node:assert/strict";
import { type AnyPlugin, createXrm, type Model, type Xrm, XrmError } from "@kith/core";
import type { SuiteApi } from "../api.ts";
import { factory } from "../factory/factory.ts";
import { randomRecord } from "../random/data.ts";
import { Random } from "../random/random.ts";
import { modelOf } from "./declarations.ts";
import { defects, type PluginTestOptions } from "./subject.ts";

/** Opens a system with the plugin for one test. */
export async function withSystem<T>(
  plugin: AnyPlugin,
  options: PluginTestOptions,
  test: (xrm: Xrm<any>, model: Model) => Promise<T>,
): Promise<T> {
  const model = modelOf(plugin, options);
  const xrm = await createXrm<any>({ model, storage: options.storage(), transactionMs: 5_000 });
  try {
    return await test(xrm, model);
  } finally {
    await xrm.close();
  }
}

/** Fails on an error that tells of a defect; others are the plugin's right. */
export function mayFail(error: unknown, doing: string): void {
  assert(error instanceof XrmError, `${doing}: threw ${String(error)}, which is no XrmError`);
  assert(!defects.has(error.code), `${doing}: ${error.code}: ${error.message}`);
}

function overridesOf({ overrides = {} }: PluginTestOptions, entity: string, i: number): object {
  const given = overrides[entity] ?? {};
  return typeof given === "function" ? given(i) : given;
}

/** Tests with records. */
export function recordTests({ it }: SuiteApi, plugin: AnyPlugin, options: PluginTestOptions): void {
  const { records = 8, seed = 1 } = options;

  for (const { name } of plugin.entities ?? []) {
    it(`${name}: factories can make records`, () =>
      withSystem(plugin, options, async (xrm) => {
        const make = factory(xrm, options);
        for (let i = 0; i < records; i++) {
          const made = await make.create(name, overridesOf(options, name, i)).catch((error: unknown) => {
            throw new Error(
              `No record of '${name}' could be made; give overrides.${name} what its hooks and checks ask for.`,
              { cause: error },
            );
          });
          assert.deepEqual((await xrm.entity(name).findOne({ where: { id: String(made["id"]) } }))?.["id"], made["id"]);
        }
      }));
  }

  it("its hooks come to an end, whatever is written", () =>
    withSystem(plugin, options, async (xrm, model) => {
      const random = new Random(seed);
      const make = factory(xrm, options);
      const ids = new Map<string, string[]>();
      const touched = touchedBy(plugin, model);
      for (const name of touched) {
        const made: string[] = [];
        ids.set(name, made);
        for (let i = 0; i < records; i++) {
          await make.create(name, overridesOf(options, name, i)).then(
            (row) => made.push(String(row["id"])),
            (error: unknown) => mayFail(error, `creating ${name}`),
          );
        }
      }
      for (let round = 0; round < 3; round++) {
        for (const name of touched) {
          for (const id of ids.get(name) ?? []) await update(xrm, model, random, name, id, ids);
        }
      }
      for (const name of [...touched].reverse()) {
        for (const id of ids.get(name) ?? [])
          await xrm
            .entity(name)
            .delete(id)
            .catch((error: unknown) => mayFail(error, `deleting ${name}`));
      }
    }));
}

/** The entities that the plugin brings, extends or hooks; all of them when it hooks every one. */
function touchedBy(plugin: AnyPlugin, model: Model): string[] {
  const hooked = Object.keys((plugin.hooks ?? {}) as object);
  const extended = Object.keys((plugin.extend ?? {}) as object);
  const own = (plugin.entities ?? []).map(({ name }) => name);
  const names = new Set(hooked.includes("*") ? model.entities.keys() : [...hooked, ...extended, ...own]);
  return [...model.entities.keys()].filter((name) => names.has(name));
}

async function update(
  xrm: Xrm<any>,
  model: Model,
  random: Random,
  name: string,
  id: string,
  ids: ReadonlyMap<string, string[]>,
): Promise<void> {
  const entity = model.entities.get(name);
  const values = entity && randomRecord(random, entity, { known: new Map(), idsOf: (target) => ids.get(target) ?? [] });
  if (!entity || !values) return;
  const changeable = Object.keys(values).filter((field) => entity.byName.get(field)?.writable === "always");
  const change = Object.fromEntries(random.some(changeable, random.int(1, 3)).map((field) => [field, values[field]]));
  await xrm
    .entity(name)
    .update(id, change)
    .catch((error: unknown) => mayFail(error, `updating ${name} with ${JSON.stringify(change)}`));
}
