import { HoldfastError } from "../errors/holdfast-error.ts";
import { pluginApiLevel } from "./plugin.ts";

import type { Plugin } from "./plugin.ts";

/**
 * The order in which plugins are set up: as they are given, but each after those that it requires.
 *
 * @throws plugin.invalid for an API level that this core does not speak; plugin.unmet for a requirement that is missing, or that goes in a
 * circle, naming the plugins.
 */
export const orderPlugins = (plugins: readonly Plugin[]): readonly Plugin[] => {
  const byName = new Map(plugins.map((plugin) => [plugin.name, plugin]));
  const ordered = new Set<Plugin>();
  const visit = (plugin: Plugin, path: readonly string[]): void => {
    if (ordered.has(plugin)) return;
    const here = [...path, plugin.name];
    if (path.includes(plugin.name)) throw circle(here.slice(path.indexOf(plugin.name)));
    for (const name of plugin.requires ?? []) {
      const required = byName.get(name);
      if (required === undefined) throw missing(plugin.name, name);
      visit(required, here);
    }
    ordered.add(plugin);
  };
  for (const plugin of plugins) {
    assertLevel(plugin);
    visit(plugin, []);
  }
  return [...ordered];
};

const assertLevel = ({ name, apiLevel = pluginApiLevel }: Plugin): void => {
  if (apiLevel <= pluginApiLevel) return;
  throw new HoldfastError("plugin.invalid", {
    message: `Plugin "${name}" was written for API level ${apiLevel}, and this core speaks levels up to ${pluginApiLevel}. Take a newer @holdfast/core, or an older version of the plugin.`,
    data: { plugin: name, apiLevel, spoken: pluginApiLevel },
  });
};

const missing = (plugin: string, required: string): HoldfastError<"plugin.unmet"> =>
  new HoldfastError("plugin.unmet", {
    message: `Plugin "${plugin}" requires plugin "${required}", which is not there. Add it too, or leave "${plugin}" out.`,
    data: { plugin, required },
  });

const circle = (names: readonly string[]): HoldfastError<"plugin.unmet"> =>
  new HoldfastError("plugin.unmet", {
    message: `Expected plugins that require each other in one direction, found a circle: ${names.join(" -> ")}. Take one of these requirements out.`,
    data: { circle: [...names] },
  });
