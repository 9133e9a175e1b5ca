/** The order of plugins: what a plugin requires comes before it, else as given. */

import { didYouMean } from "@kith/schema";
import type { ReportDeclaration } from "../model/report.ts";
import type { AnyPlugin } from "./plugin.ts";

/** Plugins in order. A missing requirement and a cycle are reported, naming both sides. */
export function orderPlugins(plugins: readonly AnyPlugin[], report: ReportDeclaration): AnyPlugin[] {
  const byId = new Map(plugins.map((plugin) => [plugin.id, plugin]));
  const ordered: AnyPlugin[] = [];
  const state = new Map<string, "open" | "done">();
  const visit = (plugin: AnyPlugin, trail: readonly string[]): void => {
    if (state.get(plugin.id) === "done") return;
    if (state.get(plugin.id) === "open") {
      const cycle = [...trail.slice(trail.indexOf(plugin.id)), plugin.id].join(" → ");
      report({
        code: "PLUGIN_CYCLE",
        plugin: plugin.id,
        message: `plugins require each other in a circle: ${cycle}; take one requirement out`,
      });
      return;
    }
    state.set(plugin.id, "open");
    for (const id of plugin.requires ?? []) {
      const needed = byId.get(id);
      if (needed) visit(needed, [...trail, plugin.id]);
      else
        report({
          code: "PLUGIN_MISSING",
          plugin: plugin.id,
          message: `requires plugin '${id}', which the model does not have; add it to plugins.${didYouMean(id, byId.keys())}`,
        });
    }
    state.set(plugin.id, "done");
    ordered.push(plugin);
  };
  for (const plugin of plugins) visit(plugin, []);
  return ordered;
}
