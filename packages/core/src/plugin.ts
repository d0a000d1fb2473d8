// Entry "./plugin": for who writes or hosts a plugin.
export { assertContextSource } from "./context/context-source.ts";
export { hookCatalogue } from "./plugin/hook-catalogue.ts";
export { createLocationHooks } from "./plugin/hooks.ts";
export { orderPlugins } from "./plugin/order-plugins.ts";
export { definePlugin, isPlugin, pluginApiLevel } from "./plugin/plugin.ts";

export type { ContextQuery, ContextSource } from "./context/context-source.ts";
export type { HookPromise } from "./plugin/hook-catalogue.ts";
export type {
  CallAuthorization,
  CommittedEvents,
  HookArgument,
  HookName,
  HookResult,
  LocationHooks,
} from "./plugin/hooks.ts";
export type {
  Plugin,
  PluginContext,
  PluginDefinition,
  PluginDisposer,
  PluginHooks,
  Tap,
  TapOrder,
} from "./plugin/plugin.ts";
