import type { Holdfast } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";

/** Where plugins are changed. */
export interface ChangePlugins {
  /** At this Location alone. Default: at every one, those that are open and those that will be. */
  readonly location?: { readonly directory: string; readonly workspaceId?: string | undefined } | undefined;
}

/**
 * A runtime in process: the facade, and what only its host may do. Changes of plugins come one after the other. A step that runs keeps the
 * tools and taps that it began with; the next one sees the change. A call that was advertised before and had not begun is stale. What had begun
 * goes on, and the plugin that leaves is closed after it, or after `limits.graceMs`. Where a plugin cannot be set up at one of the open
 * Locations, everything stays as it was at all of them.
 */
export interface Runtime extends Holdfast {
  /** @throws plugin.exists, plugin.invalid, plugin.unmet, plugin.setup-failed, location.not-found, runtime.disposed */
  addPlugin(plugin: Plugin, options?: ChangePlugins): Promise<void>;
  /**
   * Sets a plugin up in place of the one of its name, which is closed afterwards.
   *
   * @throws plugin.not-found, plugin.invalid, plugin.unmet, plugin.setup-failed, location.not-found, runtime.disposed
   */
  replacePlugin(plugin: Plugin, options?: ChangePlugins): Promise<void>;
  /** @throws plugin.not-found, plugin.unmet where another one requires it, location.not-found, runtime.disposed */
  removePlugin(name: string, options?: ChangePlugins): Promise<void>;
}
