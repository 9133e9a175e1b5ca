/** What a plugin declares: it merges with what it requires and no more, and requires what it uses and no more. */

import assert from "node:assert/strict";
import { type AnyPlugin, defineModel, type Model, withParts } from "@kith/core";
import type { SuiteApi } from "../api.ts";
import type { PluginTestOptions } from "./subject.ts";

/** The plugin with all that it requires, the requirements first. */
export function closure(plugin: AnyPlugin, others: readonly AnyPlugin[]): AnyPlugin[] {
  const found = new Map<string, AnyPlugin>();
  const visit = (one: AnyPlugin): void => {
    if (found.has(one.id)) return;
    for (const id of one.requires ?? []) {
      const needed = others.find((other) => other.id === id);
      assert(needed, `'${one.id}' requires '${id}'; give it under with`);
      visit(needed);
    }
    found.set(one.id, one);
  };
  visit(plugin);
  return [...found.values()];
}

/** The model of the plugin with all that it requires. */
export function modelOf(plugin: AnyPlugin, { with: others = [], currency }: PluginTestOptions): Model {
  return defineModel({ plugins: closure(plugin, others), ...(currency === undefined ? {} : { currency }) });
}

/** Tests of the declaration. */
export function declarationTests({ it }: SuiteApi, plugin: AnyPlugin, options: PluginTestOptions): void {
  it("makes a model with what it requires, and nothing else", () => {
    const model = modelOf(plugin, options);
    assert(model.plugins.some(({ id }) => id === plugin.id));
    assert.equal(
      modelOf(plugin, options).hash,
      model.hash,
      "declaring it twice gives two models; declarations must not depend on chance",
    );
    for (const entity of plugin.entities ?? []) assert.equal(model.entities.get(entity.name)?.plugin, plugin.id);
  });

  it("requires the plugins whose entities it uses", () => {
    const model = modelOf(plugin, options);
    const allowed = new Set([plugin.id, ...(plugin.requires ?? [])]);
    for (const { name, owner, how } of uses(plugin, model)) {
      assert(allowed.has(owner), `it ${how} '${name}' of plugin '${owner}', which it does not require`);
    }
  });

  it("uses the plugins that it requires", () => {
    const model = modelOf(plugin, options);
    const used = new Set(uses(plugin, model).map(({ owner }) => owner));
    for (const id of plugin.requires ?? []) {
      const kinds = new Set(
        (options.with?.find((other) => other.id === id)?.fieldTypes ?? []).map((type) => type.kind),
      );
      const byKind = ownFields(plugin, model).some((field) => kinds.has(field.type.kind));
      // What code does cannot be seen from outside.
      const inCode = plugin.hooks !== undefined || (plugin.operations?.length ?? 0) > 0;
      assert(used.has(id) || byKind || inCode, `nothing of '${id}' is used; take it out of requires`);
    }
  });

  it("names its operations and hooks after entities that are there", () => {
    const model = modelOf(plugin, options);
    for (const operation of plugin.operations ?? []) assert.equal(model.operations.get(operation.name), operation);
    const entries = model.hooks.filter((hook) => hook.plugin === plugin.id);
    const declared = Object.values((plugin.hooks ?? {}) as Record<string, object>).flatMap((hooks) =>
      Object.keys(hooks),
    );
    assert.equal(entries.length, declared.length);
  });
}

function ownFields(plugin: AnyPlugin, model: Model) {
  return [...model.entities.values()].flatMap((entity) =>
    entity.fields.flatMap(withParts).filter((field) => field.plugin === plugin.id),
  );
}

/** The entities that a plugin refers to, and whose they are. */
function uses(plugin: AnyPlugin, model: Model): { name: string; owner: string; how: string }[] {
  const found: { name: string; owner: string; how: string }[] = [];
  const note = (name: string, how: string): void => {
    const entity = model.entities.get(name);
    if (entity) found.push({ name, owner: entity.plugin, how });
  };
  for (const field of ownFields(plugin, model)) {
    if (!field.relation) continue;
    note(field.relation.target.name, `has ${field.entity}.${field.name} lead to`);
    if (field.relation.type === "link")
      note(field.relation.through.name, `has ${field.entity}.${field.name} go through`);
  }
  for (const name of Object.keys((plugin.extend ?? {}) as object)) note(name, "extends");
  for (const name of Object.keys((plugin.hooks ?? {}) as object)) if (name !== "*") note(name, "hooks");
  return found;
}
