import type { SealedEnvelope } from "@holdfast/core/event";
import type { DirtyListener } from "@holdfast/core/store";

// #region watchers
/** Who wants to hear of commits. */
export class JournalWatchers {
  readonly #listeners = new Map<string, Set<DirtyListener>>();

  add(sessionId: string, listener: DirtyListener): Disposable {
    const own: DirtyListener = (events) => listener(events);
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    this.#listeners.set(sessionId, listeners.add(own));
    return { [Symbol.dispose]: () => void listeners.delete(own) };
  }

  tell(sessionId: string, events: readonly SealedEnvelope[]): void {
    const listeners = this.#listeners.get(sessionId) ?? new Set();
    // A copy: one that watches anew in here is for the next commit.
    for (const listener of Array.from(listeners)) {
      try {
        if (listeners.has(listener)) listener(structuredClone(events));
      } catch {
        // One that throws can neither undo nor mask the commit.
      }
    }
  }
}
// #endregion watchers
