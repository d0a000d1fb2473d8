import { HoldfastError } from "@holdfast/core";
import { readContextSource } from "@holdfast/core/plugin";

import type { ContextSource, LocationHooks } from "@holdfast/core/plugin";
import type { Registrar } from "./tool-registry.ts";

/** What is wrong with a source, by its key. */
export interface SourceFault {
  /** Loads that took too long and have not ended: until they have, it is not asked again. */
  overdue: number;
  isReported: boolean;
}

/** By key: those that failed the last time, so that each is reported once. */
export type SourceFaults = Map<string, SourceFault>;

/** The sources of the system context of one Location, in the order of their registration. */
export class ContextRegistry {
  /** Whether it was reported that there are more than a session is told of. */
  isOverfull = false;
  #faults: SourceFaults = new Map();
  #generation: LocationHooks | undefined;
  readonly #registrations: { readonly source: ContextSource; readonly registrar: Registrar }[] = [];

  /** @throws plugin.invalid for what is no source, and for a key that is another plugin's, or that this one registered before. */
  register(given: ContextSource, registrar: Registrar): Disposable {
    const { name } = registrar.plugin;
    const source = readContextSource(given);
    if (source === undefined)
      throw invalid(
        name,
        'something that is no context source. Give it a key like "notes/today", and load, baseline and removal',
      );
    // The same plugin set up anew takes the place of its predecessor, which is closed after it.
    const taken = this.#registrations.find(
      (other) =>
        other.source.key === source.key && (other.registrar === registrar || other.registrar.plugin.name !== name),
    );
    if (taken !== undefined)
      throw invalid(
        name,
        `the context source "${source.key}", which plugin "${taken.registrar.plugin.name}" has registered. Give it a key of its own`,
      );
    const registration = { source, registrar };
    this.#registrations.push(registration);
    this.#faults.delete(source.key);
    return {
      [Symbol.dispose]: () => {
        const index = this.#registrations.indexOf(registration);
        if (index >= 0) this.#registrations.splice(index, 1);
      },
    };
  }

  /** What is wrong with sources, for a generation of plugins: what one's loader did is not held against its successor. */
  faultsOf(generation: LocationHooks): SourceFaults {
    if (this.#generation !== generation) this.#faults = new Map();
    this.#generation = generation;
    return this.#faults;
  }

  /** Whether nobody has registered anything. */
  get isEmpty(): boolean {
    return this.#registrations.length === 0;
  }

  /** The sources of the plugins that are listed now. */
  capture(): readonly ContextSource[] {
    return this.#registrations.flatMap(({ source, registrar }) => (registrar.isListed ? [source] : []));
  }
}

const invalid = (plugin: string, what: string) =>
  new HoldfastError("plugin.invalid", { message: `Plugin "${plugin}" registered ${what}.`, data: { plugin } });
