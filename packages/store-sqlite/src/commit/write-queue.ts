import { setImmediate as nextTurn } from "node:timers/promises";

import { HoldfastError } from "@holdfast/core";

/** What waits to be written. */
export interface Waiting {
  /** Whether it may share a transaction with its neighbours in the queue. */
  readonly isGroupable: boolean;
  /** Until when it is tried again while another process writes, in milliseconds of the monotonic clock. */
  readonly deadline: number;
  readonly reject: (reason: unknown) => void;
}

// One transaction holds the write lock that long at most; what is left over takes the next one.
const plansPerTransaction = 64;
// Who commits in a chain of promises keeps the loop in microtasks: this often, timers and sockets get their turn.
const microtasksMs = 10;
// What waits is held in memory. That much waits only behind another process, or a disk, that has all but stopped.
const mostWaiting = 10_000;

/**
 * All writes of a store, in the order in which they came: nothing overtakes anything, whatever is tried again. Calls `settle` with
 * what comes next, again and again; it must not throw.
 */
export class WriteQueue<TWaiting extends Waiting> {
  readonly #settle: (group: readonly TWaiting[]) => Promise<void>;
  #waiting: TWaiting[] = [];
  #flushing: Promise<void> | undefined;
  #turnBegan: number | undefined;

  constructor(settle: (group: readonly TWaiting[]) => Promise<void>) {
    this.#settle = settle;
  }

  /** @throws store.busy where too much waits already. */
  push(waiting: TWaiting): void {
    if (this.#waiting.length >= mostWaiting) {
      throw new HoldfastError("store.busy", {
        message: `Expected fewer than ${mostWaiting} writes to wait for the store, found as many. Wait for some of them to end.`,
        data: { waiting: this.#waiting.length },
      });
    }
    this.#waiting.push(waiting);
    // In a microtask: whoever commits in the same turn of the loop shares the transaction.
    this.#flushing ??= Promise.resolve().then(() => this.#flush());
  }

  /** Puts back what was taken, before everything else. */
  putBack(waiting: readonly TWaiting[]): void {
    this.#waiting = [...waiting, ...this.#waiting];
  }

  /** Refuses what has waited until its deadline, of the queue and of a group that was taken from it; returns what is left of the group. */
  refuseLate(group: readonly TWaiting[], reason: unknown): readonly TWaiting[] {
    const now = performance.now();
    const isLate = ({ deadline }: TWaiting) => deadline <= now;
    const late = [...group, ...this.#waiting].filter(isLate);
    this.#waiting = this.#waiting.filter((waiting) => !isLate(waiting));
    for (const { reject } of late) reject(reason);
    return group.filter((waiting) => !isLate(waiting));
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async #flush(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        if (this.#isDue()) await nextTurn();
        await this.#settle(this.#next());
      }
    } finally {
      this.#flushing = undefined;
    }
  }

  #next(): readonly TWaiting[] {
    const end = this.#waiting.findIndex(({ isGroupable }, index) => !isGroupable || index === plansPerTransaction);
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : Math.max(1, end));
  }

  /** Whether the loop has had no turn for long, over this flush and those before it. */
  #isDue(): boolean {
    if (this.#turnBegan === undefined) {
      this.#turnBegan = performance.now();
      setImmediate(() => (this.#turnBegan = undefined));
    }
    return performance.now() - this.#turnBegan >= microtasksMs;
  }
}
