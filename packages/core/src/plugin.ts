// Entry "./plugin": for who writes or hosts a plugin.
export { assertContextSource } from "./context/context-source.ts";
export { createLocationHooks } from "./plugin/hooks.ts";
export { definePlugin, isPlugin, pluginApiLevel } from "./plugin/plugin.ts";

export type { ContextQuery, ContextSource } from "./context/context-source.ts";
export type {
  CallAuthorization,
  CommittedEvents,
  HookArgument,
  HookName,
  HookResult,
  LocationHooks,
} from "./plugin/hooks.ts";
export type { Plugin, PluginContext, PluginDefinition, PluginDisposer, PluginHooks, Tap } from "./plugin/plugin.ts";
