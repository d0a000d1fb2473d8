import { HoldfastError, locationKey } from "@holdfast/core";
import { parseArguments } from "@holdfast/core/arguments";
import { isPlugin } from "@holdfast/core/plugin";

import { argumentSchemas } from "./arguments.ts";
import { canonicalPlace } from "./canonical-place.ts";

import type { Plugin } from "@holdfast/core/plugin";
import type { LocationMap } from "../location/location-map.ts";
import type { ChangePlugins, Runtime } from "./runtime.ts";

/** What a host changes plugins with. */
export const pluginChanges = (
  locations: LocationMap,
  disposal: AbortSignal,
): Pick<Runtime, "addPlugin" | "replacePlugin" | "removePlugin"> => ({
  addPlugin: async (plugin, options) => {
    assertPlugin(plugin);
    const key = await keyOf(options, disposal);
    return locations.change({ action: "add", plugin, key });
  },
  replacePlugin: async (plugin, options) => {
    assertPlugin(plugin);
    const key = await keyOf(options, disposal);
    return locations.change({ action: "replace", plugin, key });
  },
  removePlugin: async (name, options) => {
    const key = await keyOf(options, disposal);
    return locations.change({ action: "remove", name, key });
  },
});

/** The Location's key; undefined for all of them. */
const keyOf = async (options: ChangePlugins | undefined, disposal: AbortSignal): Promise<string | undefined> => {
  disposal.throwIfAborted();
  const { location } = parseArguments(argumentSchemas.changePlugins, options ?? {}, "a change of plugins");
  return location === undefined ? undefined : locationKey((await canonicalPlace(location)).location);
};

const assertPlugin = (plugin: Plugin): void => {
  if (isPlugin(plugin)) return;
  throw new HoldfastError("plugin.invalid", {
    message: `Expected a plugin, found ${typeof plugin}. Make it with definePlugin of @holdfast/core/plugin.`,
    data: { found: typeof plugin },
  });
};
