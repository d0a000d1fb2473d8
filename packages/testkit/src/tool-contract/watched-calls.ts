import type { CallWatch } from "./tool-subject.ts";

/** Told of an operation right before and right after it is done, by its number from 0. What it throws, the operation fails with. */
export interface CallPlan {
  readonly before?: (index: number, operation: string) => Promise<void> | void;
  readonly after?: (index: number, operation: string) => Promise<void> | void;
}

/** Counts the operations of a port, and does to them what a plan says. */
export class WatchedCalls implements CallWatch {
  readonly #plan: CallPlan;
  readonly #operations: string[] = [];

  constructor(plan: CallPlan = {}) {
    this.#plan = plan;
  }

  /** What was begun, in order. */
  get operations(): readonly string[] {
    return this.#operations;
  }

  async around<T>(operation: string, work: () => Promise<T>): Promise<T> {
    const index = this.#operations.push(operation) - 1;
    await this.#plan.before?.(index, operation);
    const result = await work();
    await this.#plan.after?.(index, operation);
    return result;
  }
}

/** What ends a process in the suite: from there on nothing that it does has any effect. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** Kills before the operation of a number, or right after it: every later one fails, and is not done. */
export const killAt = (place: number, moment: "before" | "after"): CallPlan => {
  let isDead = false;
  const reach = (index: number, operation: string, now: "before" | "after"): void => {
    if (index === place && moment === now) isDead = true;
    if (isDead) throw new Killed(`the process ended ${moment} ${operation} (${place})`);
  };
  return {
    before: (index, operation) => reach(index, operation, "before"),
    after: (index, operation) => reach(index, operation, "after"),
  };
};

/** An error as a system gives it. */
export class SystemFault extends Error {
  override readonly name = "SystemFault";
  readonly code: string;

  constructor(code: string, operation: string) {
    super(`${code}: ${operation}, as the suite wants it`);
    this.code = code;
  }
}
