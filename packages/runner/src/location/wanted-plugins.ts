import { HoldfastError } from "@holdfast/core";
import { orderPlugins } from "@holdfast/core/plugin";

import type { Plugin } from "@holdfast/core/plugin";

/** One change of plugins: at the Location of this key, or at all of them. */
export type PluginChange = { readonly key?: string | undefined } & (
  | { readonly action: "add" | "replace"; readonly plugin: Plugin }
  | { readonly action: "remove"; readonly name: string }
);

type Own = ReadonlyMap<string, Plugin | null>;

/** Which plugins each Location is to have: those of the runtime, and what was changed at one alone. Never changed; a change makes another. */
export class WantedPlugins {
  readonly #everywhere: ReadonlyMap<string, Plugin>;
  /** By Location's key and plugin's name; null for one that was removed there. */
  readonly #own: ReadonlyMap<string, Own>;

  /** @throws plugin.invalid, plugin.unmet for plugins that cannot be set up together, anywhere. */
  constructor(everywhere: ReadonlyMap<string, Plugin>, own: ReadonlyMap<string, Own> = new Map()) {
    this.#everywhere = everywhere;
    this.#own = own;
    for (const key of ["", ...own.keys()]) this.of(key);
  }

  /** Those of one Location, each after those that it requires. */
  of(key: string): readonly Plugin[] {
    const names = new Map<string, Plugin | null>([...this.#everywhere, ...(this.#own.get(key) ?? [])]);
    return orderPlugins([...names.values()].filter((plugin) => plugin !== null));
  }

  /**
   * What is wanted after a change. One that is for every Location takes back what was changed for that name at one alone.
   *
   * @throws plugin.exists, plugin.not-found, plugin.invalid, plugin.unmet
   */
  after(change: PluginChange): WantedPlugins {
    const name = change.action === "remove" ? change.name : change.plugin.name;
    const plugin = change.action === "remove" ? undefined : change.plugin;
    this.#assertFits(name, change);
    if (change.key === undefined) {
      const own = [...this.#own].map(([key, plugins]) => [key, without(plugins, name)] as const);
      const everywhere = plugin === undefined ? without(this.#everywhere, name) : put(this.#everywhere, name, plugin);
      return new WantedPlugins(everywhere, new Map(own.filter(([, plugins]) => plugins.size > 0)));
    }
    const here = this.#own.get(change.key) ?? new Map<string, Plugin | null>();
    const removed = this.#everywhere.has(name) ? put(here, name, null) : without(here, name);
    const changed = plugin === undefined ? removed : put(here, name, plugin);
    const own = changed.size > 0 ? put(this.#own, change.key, changed) : without(this.#own, change.key);
    return new WantedPlugins(this.#everywhere, own);
  }

  #assertFits(name: string, { action, key }: PluginChange): void {
    const isThere =
      key === undefined
        ? this.#everywhere.has(name) || (action === "add" && [...this.#own.values()].some((own) => own.has(name)))
        : this.of(key).some((plugin) => plugin.name === name);
    if (isThere === (action !== "add")) return;
    const code = isThere ? "plugin.exists" : "plugin.not-found";
    const where = key === undefined ? "at every Location" : "at this Location";
    throw new HoldfastError(code, {
      message: isThere
        ? `Expected a plugin of a new name, found that "${name}" is set up already. Replace it, or name the new one otherwise.`
        : `Expected the name of a plugin that is set up ${where}, found "${name}". Add it, or look at locations.list().`,
      data: { plugin: name },
    });
  }
}

const put = <T>(map: ReadonlyMap<string, T>, name: string, value: T): ReadonlyMap<string, T> =>
  new Map([...map, [name, value]]);

const without = <T>(map: ReadonlyMap<string, T>, name: string): ReadonlyMap<string, T> =>
  new Map([...map].filter(([key]) => key !== name));
