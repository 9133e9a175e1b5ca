/** The suite that every plugin must pass. */

import type { AnyPlugin } from "@kith/core";
import type { SuiteApi } from "../api.ts";
import { declarationTests } from "./declarations.ts";
import { operationTests } from "./operations.ts";
import { recordTests } from "./records.ts";
import type { PluginTestOptions } from "./subject.ts";

/**
 * Proves a plugin: it makes a model with what it requires and nothing else; it requires what it uses; factories can make records of its entities;
 * its hooks come to an end on random creates, updates and deletes; its operations refuse bad input and write nothing then.
 *
 * @param api the test runner's `describe` and `it`
 * @param plugin the plugin
 * @param options a storage for the tests, what it requires (`with`), the model's currency, what its hooks and checks ask of records, inputs of operations
 * @example
 * testPlugin({ describe, it }, sales, { storage: memory, with: [crm], currency: 'BRL', inputs: { 'deal.win': [async (xrm) => ({ id: … })] } })
 */
export function testPlugin(api: SuiteApi, plugin: AnyPlugin, options: PluginTestOptions): void {
  api.describe(`plugin ${plugin.id}`, () => {
    declarationTests(api, plugin, options);
    recordTests(api, plugin, options);
    operationTests(api, plugin, options);
  });
}
