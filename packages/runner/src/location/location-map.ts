import { locationKey } from "@holdfast/core";

import { CleanUps } from "../clean-ups.ts";
import { identityOf } from "./identity-of.ts";
import { OpenLocation } from "./open-location.ts";
import { WantedPlugins } from "./wanted-plugins.ts";

import type { Location } from "@holdfast/core";
import type { Services } from "../services.ts";
import type { StagedPlugins } from "./open-location.ts";
import type { PluginChange } from "./wanted-plugins.ts";

/** For how long a directory is believed to be the one that it was, in milliseconds: to look costs a turn some microseconds. */
const believedMs = 1_000;

interface Entry {
  readonly key: string;
  readonly opening: Promise<OpenLocation>;
  open?: OpenLocation;
  checkedAtMs: number;
}

/**
 * The Locations of a runtime: each opened on first use, then shared, and closed when it was idle for long, or with the runtime. One whose
 * directory was replaced is another Location. All of a Location's own are its plugins and what they contribute; store, clock, models, rules
 * and the work on sessions are the runtime's.
 */
export class LocationMap implements AsyncDisposable {
  readonly #services: Services;
  readonly #entries = new Map<string, Entry>();
  /** Those whose directory was replaced: nobody comes to them any more, and they close when they are idle. */
  readonly #replaced = new Set<Entry>();
  readonly #closings = new Set<Promise<void>>();
  readonly #end = new AbortController();
  #wanted: WantedPlugins;
  #changing: Promise<void> = Promise.resolve();
  #sweeping: Promise<void> | undefined;
  #observed: boolean | undefined;

  /** @throws plugin.invalid, plugin.unmet for plugins that cannot be set up together. */
  constructor(services: Services) {
    this.#services = services;
    this.#wanted = new WantedPlugins(new Map(services.plugins.map((plugin) => [plugin.name, plugin])));
  }

  /** @throws location.not-found, plugin.setup-failed, runtime.disposed; the next call tries again. */
  async open(location: Location): Promise<OpenLocation> {
    const key = locationKey(location);
    const known = this.#entries.get(key);
    if (known === undefined) return this.#openFirst(location, key);
    const open = await known.opening;
    open.touch();
    if (await this.#isSame(known, open)) return open;
    if (this.#entries.get(key) === known) {
      this.#entries.delete(key);
      this.#replaced.add(known);
    }
    return this.open(location);
  }

  /** Whether a plugin of any open Location watches commits. */
  get hasObservers(): boolean {
    this.#observed ??= this.#all().some(({ hooks }) => hooks.eventsCommitted.isUsed());
    return this.#observed;
  }

  /** A Location that is open already, to notify it. */
  async opened(location: Location): Promise<OpenLocation | undefined> {
    return this.#entries.get(locationKey(location))?.opening;
  }

  /** Those that are open now. */
  list(): readonly OpenLocation[] {
    return this.#all();
  }

  /** Resolves when every observer that was told of a commit has answered. */
  async observed(): Promise<void> {
    await Promise.all(this.#all().map((open) => open.observed()));
  }

  /**
   * Changes the plugins of one Location or of all: of those that are open, and of those that are opened later. One change after the other.
   * The new plugins are set up everywhere before any is listed; where one fails, everything stays as it was.
   *
   * @throws plugin.exists, plugin.not-found, plugin.invalid, plugin.unmet, plugin.setup-failed, runtime.disposed
   */
  change(change: PluginChange): Promise<void> {
    // Those that open from here on wait for the change, and must not be waited for.
    const before = [...this.#entries.values(), ...this.#replaced];
    const changed = this.#changing.then(() => this.#change(change, before));
    this.#changing = changed.catch(() => undefined);
    return changed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#changing;
    const entries = [...this.#entries.values(), ...this.#replaced];
    this.#entries.clear();
    this.#replaced.clear();
    await this.#sweeping;
    // Those that failed to open have been closed by whoever opened them.
    await Promise.allSettled(entries.map(({ opening }) => opening));
    for (const { open } of entries) if (open !== undefined) this.#close(open);
    await Promise.all(this.#closings);
  }

  #all(): readonly OpenLocation[] {
    return [...this.#entries.values(), ...this.#replaced].flatMap(({ open }) => (open === undefined ? [] : [open]));
  }

  #openFirst(location: Location, key: string): Promise<OpenLocation> {
    const { promise: opening, resolve, reject } = Promise.withResolvers<OpenLocation>();
    const entry: Entry = { key, opening, checkedAtMs: 0 };
    this.#entries.set(key, entry);
    this.#setUp(location, entry).then(resolve, (error: unknown) => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      reject(error);
    });
    return opening;
  }

  async #setUp(location: Location, entry: Entry): Promise<OpenLocation> {
    await this.#changing;
    const identity = await identityOf(location);
    const onChange = (): void => {
      this.#observed = undefined;
    };
    const open = new OpenLocation(location, { identity, services: this.#services, onChange });
    const staged = await open.stage(this.#wanted.of(entry.key));
    entry.open = open;
    entry.checkedAtMs = this.#services.clock.monotonic();
    await staged.commit();
    this.#sweeping ??= this.#sweep();
    return open;
  }

  async #isSame(entry: Entry, open: OpenLocation): Promise<boolean> {
    const nowMs = this.#services.clock.monotonic();
    if (nowMs - entry.checkedAtMs < believedMs) return true;
    const isSame = (await identityOf(open.location)) === open.identity;
    if (isSame) entry.checkedAtMs = nowMs;
    return isSame;
  }

  async #change(change: PluginChange, before: readonly Entry[]): Promise<void> {
    await Promise.allSettled(before.map(({ opening }) => opening));
    this.#services.disposal.throwIfAborted();
    const wanted = this.#wanted.after(change);
    const name = change.action === "remove" ? change.name : change.plugin.name;
    const staged: StagedPlugins[] = [];
    // They must not be closed as idle meanwhile.
    using uses = new CleanUps();
    const concerned = before.filter((entry) => this.#isOpen(entry) && (change.key ?? entry.key) === entry.key);
    for (const { open } of concerned) if (open !== undefined) uses.use(open.use());
    try {
      for (const { key, open } of concerned)
        if (open !== undefined) staged.push(await open.stage(wanted.of(key), name));
    } catch (error) {
      await Promise.all(staged.map((one) => one.abandon()));
      throw error;
    }
    this.#wanted = wanted;
    await Promise.all(staged.map((one) => one.commit()));
  }

  #isOpen(entry: Entry): boolean {
    return this.#entries.get(entry.key) === entry || this.#replaced.has(entry);
  }

  /** Closes what is idle, for as long as anything is open. */
  async #sweep(): Promise<void> {
    const { clock, locations } = this.#services;
    while (!this.#end.signal.aborted && this.#entries.size + this.#replaced.size > 0) {
      const idle = this.#all().map((open) => open.idleMs);
      const restMs = Math.max(1, locations.idleMs - Math.max(0, ...idle));
      try {
        await clock.sleep(restMs, this.#end.signal, "background");
      } catch {
        // The runtime is disposed of, and closes all of them.
        break;
      }
      for (const entry of [...this.#entries.values(), ...this.#replaced]) this.#closeIdle(entry);
    }
    this.#sweeping = undefined;
  }

  #closeIdle(entry: Entry): void {
    if (entry.open === undefined || entry.open.idleMs < this.#services.locations.idleMs) return;
    if (!this.#replaced.delete(entry)) this.#entries.delete(entry.key);
    this.#close(entry.open);
  }

  #close(open: OpenLocation): void {
    const closing = open[Symbol.asyncDispose]().finally(() => this.#closings.delete(closing));
    this.#closings.add(closing);
  }
}
