/** What a plugin's operations do with what they are given. */

import assert from "node:assert/strict";
import { type AnyPlugin, type Model, type Xrm, XrmError } from "@kith/core";
import type { SuiteApi } from "../api.ts";
import { mayFail, withSystem } from "./records.ts";
import type { PluginTestOptions } from "./subject.ts";

/** Inputs that next to no operation is meant for, made anew for each use. */
function hostileInputs(): unknown[] {
  const cyclic: Record<string, unknown> = {};
  cyclic["self"] = cyclic;
  return [
    undefined,
    null,
    0,
    Number.NaN,
    "",
    "x",
    true,
    [],
    [null],
    Symbol("x"),
    () => 1,
    new Date(0),
    cyclic,
    { __proto__: null, unknown: 1 },
    {},
  ];
}

async function counts(xrm: Xrm<any>, model: Model): Promise<Record<string, number>> {
  const all: Record<string, number> = {};
  for (const name of model.entities.keys()) all[name] = await xrm.entity(name).count();
  return all;
}

/** Tests of operations. */
export function operationTests({ it }: SuiteApi, plugin: AnyPlugin, options: PluginTestOptions): void {
  for (const name of Object.keys(options.inputs ?? {})) {
    assert(
      plugin.operations?.some((operation) => operation.name === name),
      `inputs names '${name}', which is no operation of '${plugin.id}'`,
    );
  }
  for (const operation of plugin.operations ?? []) {
    it(`${operation.name}: refuses bad input, and writes nothing then`, () =>
      withSystem(plugin, options, async (xrm, model) => {
        let refusals = 0;
        for (const input of hostileInputs()) {
          const before = await counts(xrm, model);
          try {
            await xrm.invoke(operation, input);
          } catch (error) {
            mayFail(
              error,
              `${operation.name} with ${typeof input === "symbol" ? "a symbol" : String(Object.prototype.toString.call(input))}`,
            );
            assert.deepEqual(await counts(xrm, model), before, "a refused operation has written");
            if (error instanceof XrmError && error.code === "INVALID_INPUT") refusals++;
          }
        }
        assert(refusals > 0, "its input schema lets everything through");
      }));

    for (const [i, given] of (options.inputs?.[operation.name] ?? []).entries()) {
      it(`${operation.name}: takes input ${i + 1}`, () =>
        withSystem(plugin, options, async (xrm) => {
          await xrm.invoke(operation, typeof given === "function" ? await given(xrm) : given);
        }));
    }
  }
}
