import { locationKey } from "@holdfast/core";

import { openLocation } from "./open-location.ts";

import type { Location } from "@holdfast/core";
import type { Services } from "../services.ts";
import type { OpenLocation } from "./open-location.ts";

/** The Locations of a runtime: each opened on first use, then shared, and closed with the runtime. */
export class LocationMap implements AsyncDisposable {
  readonly #services: Services;
  readonly #open = new Map<string, Promise<OpenLocation>>();
  #observed = false;

  constructor(services: Services) {
    this.#services = services;
  }

  /** @throws location.not-found, plugin.setup-failed; the next call tries again. */
  open(location: Location): Promise<OpenLocation> {
    const key = locationKey(location);
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const opening = this.#openFirst(location);
    this.#open.set(key, opening);
    opening.catch(() => this.#open.delete(key));
    return opening;
  }

  async #openFirst(location: Location): Promise<OpenLocation> {
    const opened = await openLocation(location, this.#services);
    this.#observed ||= opened.hooks.eventsCommitted.isUsed();
    return opened;
  }

  /** Whether a plugin of any open Location watches commits. */
  get hasObservers(): boolean {
    return this.#observed;
  }

  /** A Location that is open already, to notify it. */
  async opened(location: Location): Promise<OpenLocation | undefined> {
    return this.#open.get(locationKey(location));
  }

  /** Resolves when every observer that was told of a commit has answered. */
  async observed(): Promise<void> {
    const settled = await Promise.allSettled(this.#open.values());
    await Promise.all(settled.flatMap((one) => (one.status === "fulfilled" ? [one.value.observed()] : [])));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opening = [...this.#open.values()];
    this.#open.clear();
    const settled = await Promise.allSettled(opening);
    // Those that failed to open have been closed by whoever opened them.
    await Promise.all(
      settled.map(async (one) => (one.status === "fulfilled" ? one.value[Symbol.asyncDispose]() : undefined)),
    );
  }
}
