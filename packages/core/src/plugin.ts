// Entry "./plugin": for who writes or hosts a plugin.
export { readContextSource } from "./context/context-source.ts";
export { hookCatalogue } from "./plugin/hook-catalogue.ts";
export { createLocationHooks } from "./plugin/hooks.ts";
export { orderPlugins } from "./plugin/order-plugins.ts";
export { definePlugin, isPlugin, pluginApiLevel } from "./plugin/plugin.ts";
export { readAnswer } from "./plugin/read-answer.ts";

export type { ContextQuery, ContextSource } from "./context/context-source.ts";
export type { HookPromise } from "./plugin/hook-catalogue.ts";
export type {
  CallAuthorization,
  CallPreparation,
  CollectedTool,
  CommittedEvents,
  CompactionPreparation,
  CompletedCall,
  ContextCollection,
  DecidingHook,
  HookArgument,
  HookName,
  HookResult,
  LocationHooks,
  PluginsAtLocation,
  PrecedingHook,
  RequestMessage,
  RequestPreparation,
  ResultShape,
  ToolsCollection,
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
