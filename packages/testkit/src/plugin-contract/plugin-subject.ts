import type { HookArgument, HookName, Plugin } from "@holdfast/core/plugin";
import type { PluginStageOptions } from "./plugin-stage.ts";

/** A plugin that the suite is run on. */
export interface PluginSubject extends PluginStageOptions {
  /** The plugin as a new process makes it: a new one for each call. */
  readonly plugin: () => Plugin;
  /** The tools that it registers. Default: none. */
  readonly tools?: readonly string[];
  /** Keys of the sources of the system context that it registers. Default: none. */
  readonly sources?: readonly string[];
  /** The hooks that it taps, once for each tap. Default: none. */
  readonly hooks?: readonly HookName[];
  /** What its taps are asked, beside a sample of the suite's own in which nothing is special. */
  readonly samples?: { readonly [THook in HookName]?: readonly HookArgument[THook][] };
}
