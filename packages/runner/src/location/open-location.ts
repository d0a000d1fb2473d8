import { createLocationHooks } from "@holdfast/core/plugin";

import { ContextRegistry } from "./context-registry.ts";
import { PluginInstance } from "./plugin-instance.ts";
import { ToolRegistry } from "./tool-registry.ts";
import { UseCount } from "./use-count.ts";

import type { Location, LocationInfo } from "@holdfast/core";
import type { HookName, LocationHooks, Plugin, PluginsAtLocation } from "@holdfast/core/plugin";
import type { Services } from "../services.ts";

/** Plugins that are set up and not listed yet. One of the two is called, once. */
export interface StagedPlugins {
  /** Lists them from here on, in place of those before. Resolves when those that left are closed; never rejects. */
  commit(): Promise<void>;
  /** Closes those that were set up for it, and leaves everything as it was. */
  abandon(): Promise<void>;
}

/** A Location that is open: its own plugins, and of them its hooks and tools as they are now. */
export class OpenLocation implements AsyncDisposable {
  readonly location: Location;
  /** Of its directory, when it was opened. */
  readonly identity: string;
  readonly tools = new ToolRegistry();
  readonly context = new ContextRegistry();
  readonly openedTime: number;
  readonly #services: Services;
  readonly #uses = new UseCount();
  readonly #onChange: () => void;
  #instances: readonly PluginInstance[] = [];
  #hooks: LocationHooks | undefined;
  #usedAtMs: number;

  constructor(
    location: Location,
    { identity, services, onChange }: Pick<OpenLocation, "identity"> & OpenLocationOptions,
  ) {
    this.location = location;
    this.identity = identity;
    this.#services = services;
    this.#onChange = onChange;
    this.openedTime = services.clock.now();
    this.#usedAtMs = services.clock.monotonic();
  }

  /** The hooks as they are now: compiled once for each change of plugins. Whoever works keeps the set that it began with. */
  get hooks(): LocationHooks {
    this.#hooks ??= compile(this.#instances);
    return this.#hooks;
  }

  /** Counts a user, until what is returned is disposed of: a Location is not closed as idle while it has one. */
  use(): Disposable {
    const use = this.#uses.take();
    return {
      [Symbol.dispose]: () => {
        this.touch();
        use[Symbol.dispose]();
      },
    };
  }

  /** Says that it was needed right now. */
  touch(): void {
    this.#usedAtMs = this.#services.clock.monotonic();
  }

  /** For how long nobody has needed it, in milliseconds; 0 while it is used. */
  get idleMs(): number {
    return this.#uses.count > 0 ? 0 : this.#services.clock.monotonic() - this.#usedAtMs;
  }

  /**
   * Sets plugins up beside those that are there, in this order; those that stay the same are not set up again, but for the one that is to be
   * fresh. Where one fails, or a tap of its `opening`, all of them are closed again, and everything is as it was.
   *
   * @throws plugin.setup-failed, plugin.hook-failed, runtime.disposed
   */
  async stage(plugins: readonly Plugin[], fresh?: string): Promise<StagedPlugins> {
    const { location, tools, context } = this;
    const place = { location, tools, context, services: this.#services, onChange: () => this.#changed() };
    const before = this.#instances;
    const made: PluginInstance[] = [];
    const after: PluginInstance[] = [];
    for (const plugin of plugins) {
      const known = before.find((instance) => instance.plugin === plugin && plugin.name !== fresh);
      const instance = known ?? new PluginInstance(plugin, place);
      after.push(instance);
      if (known !== undefined) continue;
      made.push(instance);
      try {
        await instance.setUp();
      } catch (error) {
        await closeAll(made);
        throw error;
      }
    }
    try {
      if (taps(made, "opening")) await compile(made).opening.promise(this.#told(made));
    } catch (error) {
      await this.#leave(made);
      throw error;
    }
    return {
      commit: () => {
        const left = before.filter((instance) => !after.includes(instance));
        for (const instance of left) instance.list(false);
        for (const instance of made) instance.list(true);
        this.#instances = after;
        this.#changed();
        // Handed to observers that wait for nobody and never reject.
        if (taps(made, "opened")) void compile(made).opened.promise(this.#told(made));
        return this.#leave(left);
      },
      abandon: () => this.#leave(made),
    };
  }

  /** Resolves when every observer that was told of a commit has answered. */
  async observed(): Promise<void> {
    await Promise.all(this.#instances.flatMap(({ observers }) => observers.map((observer) => observer.idle())));
  }

  /** What is known of it. */
  info(): LocationInfo {
    return {
      location: { ...this.location },
      openedTime: this.openedTime,
      users: this.#uses.count,
      plugins: this.#instances.map(({ plugin: { name, version, apiLevel = 1, requires = [] } }) => ({
        name,
        ...(version === undefined ? {} : { version }),
        apiLevel,
        requires,
      })),
      tools: [...this.tools.capture().values()].map(({ tool, plugin, definition }) => ({
        name: tool.name,
        description: tool.description,
        plugin: plugin.name,
        definition,
      })),
      rules: this.#services.rules,
      taps: this.#instances.flatMap(({ taps }) => taps.map((tap) => tap.info())),
    };
  }

  /** Closes its plugins in reverse order, each within its time limit. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = this.#instances;
    this.#instances = [];
    await this.#leave(left);
    this.#changed();
  }

  /** Closes plugins that were here, after their taps of `closing`. Never rejects. */
  async #leave(instances: readonly PluginInstance[]): Promise<void> {
    await Promise.all(instances.map((instance) => instance.rested()));
    if (taps(instances, "closing")) await compile(instances.toReversed()).closing.promise(this.#told(instances));
    await closeAll(instances);
  }

  #told(instances: readonly PluginInstance[]): PluginsAtLocation {
    const plugins = instances.map(({ plugin }) => plugin.name);
    return Object.freeze({ location: Object.freeze({ ...this.location }), plugins: Object.freeze(plugins) });
  }

  #changed(): void {
    this.#hooks = undefined;
    this.tools.changed();
    this.#onChange();
  }
}

/** What a Location is opened with. */
export interface OpenLocationOptions {
  readonly services: Services;
  /** Called after each change of its hooks. */
  readonly onChange: () => void;
}

const taps = (instances: readonly PluginInstance[], hook: HookName): boolean =>
  instances.some((instance) => instance.taps.some((tap) => tap.hook === hook));

const compile = (instances: readonly PluginInstance[]): LocationHooks => {
  const hooks = createLocationHooks();
  for (const instance of instances) for (const tap of instance.taps) tap.hang(hooks);
  return hooks;
};

/** In reverse order, one after the other. */
const closeAll = async (instances: readonly PluginInstance[]): Promise<void> => {
  for (const instance of instances.toReversed()) await instance[Symbol.asyncDispose]();
};
