import type { Logger, SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { DirtyListener } from "@holdfast/core/store";

interface WatcherOptions {
  /** Reads what changes with each commit of another process. */
  readonly dataVersion: () => number;
  /** Called when another process has committed, before anyone is told. */
  readonly onForeign: () => void;
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
  /** The one timer there is. */
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #seen = 0;
  #quiet = 0;

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  watch(sessionId: SessionId, listener: DirtyListener): Disposable {
    // First of all, since it may throw: then nobody watches.
    if (this.#listeners.size === 0 && !this.#stopped) this.#start();
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    // A listener of its own, so that one function that watches twice is two watchers.
    const own: DirtyListener = (committed) => listener(committed);
    this.#listeners.set(sessionId, listeners.add(own));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#listeners.get(sessionId) === listeners) this.#listeners.delete(sessionId);
        // The timer goes on to its next turn: whoever watches next, mostly at once, then starts none.
      },
    };
  }

  /** Tells the watchers of a session of a commit of this process. */
  committed(sessionId: SessionId, events: readonly SealedEnvelope[]): void {
    this.#quiet = 0;
    this.#tell([this.#listeners.get(sessionId)], events);
  }

  /** Tells nobody any more, whoever is watching or comes to watch. */
  stop(): void {
    this.#stopped = true;
    this.#listeners.clear();
    this.#pause();
  }

  /** Begins to poll, unless the timer of a watch that ended a moment ago still runs as fast as a new one would. */
  #start(): void {
    const isRunning = this.#timer !== undefined && this.#quiet < quietPolls;
    if (isRunning) return;
    this.#seen = this.#options.dataVersion();
    this.#quiet = 0;
    this.#schedule();
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const slowdown = Math.min(slowest, 2 ** Math.floor(this.#quiet / quietPolls));
    this.#timer = setTimeout(() => this.#poll(), this.#options.pollMs * slowdown);
  }

  #poll(): void {
    // Before anyone is told: who is told may dispose of the last watch, and watch anew, and the timer is then theirs.
    this.#timer = undefined;
    if (this.#listeners.size === 0) return;
    const isNews = this.#isNews();
    this.#quiet = isNews ? 0 : this.#quiet + 1;
    this.#schedule();
    if (!isNews) return;
    try {
      this.#options.onForeign();
    } catch (error) {
      this.#report("looking at what another process committed failed", error);
    }
    this.#tell([...this.#listeners.values()], null);
  }

  #isNews(): boolean {
    try {
      const version = this.#options.dataVersion();
      const isNews = version !== this.#seen;
      this.#seen = version;
      return isNews;
    } catch (error) {
      this.#report("looking for other processes' commits failed", error);
      return false;
    }
  }

  // Copies: a listener that watches anew in here is for the next commit, and would otherwise keep this loop going for ever.
  #tell(sets: readonly (ReadonlySet<DirtyListener> | undefined)[], committed: readonly SealedEnvelope[] | null): void {
    const listeners = sets.flatMap((set) => [...(set ?? [])].map((listener) => ({ set, listener })));
    for (const { set, listener } of listeners) {
      // One before it may have disposed of it, or closed the store.
      if (this.#stopped || set?.has(listener) !== true) continue;
      try {
        listener(committed);
      } catch (error) {
        this.#report("a store watcher threw", error);
      }
    }
  }

  #report(message: string, error: unknown): void {
    try {
      this.#options.logger.error(message, { reason: String(error) });
    } catch {
      // A logger that throws cannot be told of it, and must not keep the other watchers from being told.
    }
  }
}
