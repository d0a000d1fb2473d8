// Entry "./plugin": for who writes or hosts a plugin.
export { createLocationHooks } from "./plugin/hooks.ts";
export { definePlugin, isPlugin, pluginApiLevel } from "./plugin/plugin.ts";

export type {
  CallAuthorization,
  CommittedEvents,
  HookArgument,
  HookName,
  HookResult,
  LocationHooks,
} from "./plugin/hooks.ts";
export type { Plugin, PluginContext, PluginDefinition, PluginDisposer, PluginHooks, Tap } from "./plugin/plugin.ts";
