import type { SealedEnvelope } from "@holdfast/core/event";
import type { DirtyListener } from "@holdfast/core/store";

/** Who wants to hear of commits, by session. */
export class Watchers {
  readonly #listeners = new Map<string, Set<DirtyListener>>();

  /** Adds a listener. The same function added twice is called twice. */
  add(sessionId: string, listener: DirtyListener): Disposable {
    const own: DirtyListener = (committed) => listener(committed);
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    this.#listeners.set(sessionId, listeners.add(own));
    return {
      [Symbol.dispose]: () => {
        listeners.delete(own);
        if (listeners.size === 0 && this.#listeners.get(sessionId) === listeners) this.#listeners.delete(sessionId);
      },
    };
  }

  /** Calls everyone who watches the session, also where one of them throws. */
  signal(sessionId: string, committed: readonly SealedEnvelope[]): void {
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    for (const listener of Array.from(listeners)) {
      // One before it may have disposed of it.
      if (!listeners.has(listener)) continue;
      try {
        listener(committed);
      } catch {
        // The contract's words: one that throws can neither undo nor mask the commit, which is done by now.
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
