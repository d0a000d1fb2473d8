import type { Logger, SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { DirtyListener } from "@holdfast/core/store";

interface WatcherOptions {
  /** Reads what changes with each commit of another process. */
  readonly dataVersion: () => number;
  readonly pollMs: number;
  readonly logger: Logger;
}

// After this many polls without news the interval doubles, up to eight times: 5 ms becomes 40, at 0.6 % of a core (measured).
const quietPolls = 100;
const slowest = 8;

/**
 * Who is told of commits. Those of this process are handed over as they are; those of other processes are noticed by polling
 * SQLite's `data_version`, only while someone watches, and only outside transactions, since every transaction here is synchronous.
 */
export class Watchers {
  readonly #options: WatcherOptions;
  readonly #listeners = new Map<SessionId, Set<DirtyListener>>();
  #timer: NodeJS.Timeout | undefined;
  #seen = 0;
  #quiet = 0;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  watch(sessionId: SessionId, listener: DirtyListener): Disposable {
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    // A listener of its own, so that one function that watches twice is two watchers.
    const own: DirtyListener = (committed) => listener(committed);
    this.#listeners.set(sessionId, listeners.add(own));
    if (this.#timer === undefined) {
      this.#seen = this.#options.dataVersion();
      this.#quiet = 0;
      this.#schedule();
    }
    return {
      [Symbol.dispose]: () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#listeners.get(sessionId) === listeners) this.#listeners.delete(sessionId);
        if (this.#listeners.size === 0) this.stop();
      },
    };
  }

  /** Tells the watchers of a session of a commit of this process. */
  committed(sessionId: SessionId, events: readonly SealedEnvelope[]): void {
    this.#quiet = 0;
    // A copy: a listener that watches anew in here is for the next commit, and would otherwise keep this loop going.
    const listeners = this.#listeners.get(sessionId);
    for (const listener of Array.from(listeners ?? [])) if (listeners?.has(listener)) this.#call(listener, events);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    const slowdown = Math.min(slowest, 2 ** Math.floor(this.#quiet / quietPolls));
    this.#timer = setTimeout(() => this.#poll(), this.#options.pollMs * slowdown);
  }

  #poll(): void {
    let version = this.#seen;
    try {
      version = this.#options.dataVersion();
    } catch (error) {
      this.#options.logger.error("looking for other processes' commits failed", { reason: String(error) });
    }
    this.#quiet = version === this.#seen ? this.#quiet + 1 : 0;
    if (version !== this.#seen) {
      this.#seen = version;
      for (const listeners of this.#listeners.values()) for (const listener of listeners) this.#call(listener, null);
    }
    if (this.#listeners.size > 0) this.#schedule();
    else this.#timer = undefined;
  }

  #call(listener: DirtyListener, committed: readonly SealedEnvelope[] | null): void {
    try {
      listener(committed);
    } catch (error) {
      this.#options.logger.error("a store watcher threw", { reason: String(error) });
    }
  }
}
