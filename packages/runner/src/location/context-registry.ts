import { HoldfastError } from "@holdfast/core";
import { assertContextSource } from "@holdfast/core/plugin";

import type { ContextSource } from "@holdfast/core/plugin";
import type { Registrar } from "./tool-registry.ts";

/** A source as a plugin registered it. */
export interface RegisteredSource {
  readonly source: ContextSource;
  /** Name of its plugin. */
  readonly plugin: string;
  /** Whether it failed the last time, so that it is reported once. */
  isFailing: boolean;
  /** Loads that took too long and have not ended: until they have, it is not asked again. */
  overdue: number;
}

/** The sources of the system context of one Location, in the order of their registration. */
export class ContextRegistry {
  readonly #registrations: { readonly registered: RegisteredSource; readonly registrar: Registrar }[] = [];

  /** @throws plugin.invalid for what is no source, and for a key that is another plugin's, or that this one registered before. */
  register(source: ContextSource, registrar: Registrar): Disposable {
    const plugin = registrar.plugin.name;
    assertContextSource(source, plugin);
    // The same plugin set up anew takes the place of its predecessor, which is closed after it.
    const taken = this.#registrations.find(
      ({ registered, registrar: other }) =>
        registered.source.key === source.key && (other === registrar || registered.plugin !== plugin),
    );
    if (taken !== undefined) throw duplicate(plugin, source.key, taken.registered.plugin);
    const registration = { registered: { source, plugin, isFailing: false, overdue: 0 }, registrar };
    this.#registrations.push(registration);
    return {
      [Symbol.dispose]: () => {
        const index = this.#registrations.indexOf(registration);
        if (index >= 0) this.#registrations.splice(index, 1);
      },
    };
  }

  /** The sources of the plugins that are listed now. */
  capture(): readonly RegisteredSource[] {
    return this.#registrations.flatMap(({ registered, registrar }) => (registrar.isListed ? [registered] : []));
  }
}

const duplicate = (plugin: string, key: string, by: string) =>
  new HoldfastError("plugin.invalid", {
    message: `Plugin "${plugin}" registered the context source "${key}", which plugin "${by}" has registered already. Give it a key of its own.`,
    data: { plugin, key },
  });
