import { retryWhileBusy } from "../retry-while-busy.ts";
import { assertNotUpgraded } from "./assert-not-upgraded.ts";
import { PlanApplier } from "./plan-applier.ts";

import type { FaultPoints } from "@holdfast/core";
import type { CommitPlan, CommitResult } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";

interface Waiting {
  readonly plan: CommitPlan;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome = { readonly result: CommitResult } | { readonly reason: unknown };

interface WriterOptions {
  readonly busyBudgetMs: number;
  readonly faults: FaultPoints | undefined;
  /** Called after the outer commit, before anyone is told. */
  readonly onCommitted: (result: CommitResult, plan: CommitPlan) => void;
}

// One transaction holds the write lock that long at most; what is left over takes the next one.
const plansPerTransaction = 64;

/**
 * The one write door. Plans that wait at the same time share one immediate transaction, each in its savepoint, so that they share
 * the price of getting to the disk; nobody is told before the outer commit. Synchronous inside: a transaction never waits.
 */
export class Writer {
  readonly #connection: Connection;
  readonly #options: WriterOptions;
  readonly #applier: PlanApplier;
  readonly #begin: Statement;
  readonly #commit: Statement;
  readonly #userVersion: Statement;
  readonly #queue: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  constructor(connection: Connection, options: WriterOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#applier = new PlanApplier(connection);
    this.#begin = connection.prepare("begin immediate");
    this.#commit = connection.prepare("commit");
    this.#userVersion = connection.prepare("pragma user_version").pluck();
  }

  write(plan: CommitPlan): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ plan, resolve, reject });
      // In a microtask: whoever commits in the same turn of the loop shares the transaction.
      this.#flushing ??= Promise.resolve().then(() => this.#flush());
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  /** Runs one other write in a transaction of its own, between the plans. */
  async exclusively<T>(write: () => T): Promise<T> {
    await this.settled();
    return retryWhileBusy(() => {
      this.#open();
      try {
        const value = write();
        this.#commit.run();
        return value;
      } catch (error) {
        this.#rollback();
        throw error;
      }
    }, this.#options.busyBudgetMs);
  }

  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      const group = this.#queue.splice(0, plansPerTransaction);
      await this.#settleGroup(group);
    }
    this.#flushing = undefined;
  }

  async #settleGroup(group: readonly Waiting[]): Promise<void> {
    let outcomes: readonly Outcome[];
    try {
      outcomes = await this.#attempt(group);
    } catch (error) {
      const [only] = group;
      if (group.length === 1 && only !== undefined) only.reject(error);
      // The whole transaction is gone, with plans that may be innocent: each is tried alone.
      else for (const waiting of group) await this.#settleGroup([waiting]);
      return;
    }
    this.#options.faults?.reach("store.after-commit");
    for (const [index, outcome] of outcomes.entries()) {
      const waiting = group[index];
      if (waiting === undefined) continue;
      if ("result" in outcome) {
        this.#options.onCommitted(outcome.result, waiting.plan);
        waiting.resolve(outcome.result);
      } else waiting.reject(outcome.reason);
    }
  }

  #attempt(group: readonly Waiting[]): Promise<readonly Outcome[]> | readonly Outcome[] {
    try {
      return this.#runGroup(group);
    } catch (error) {
      return retryAfter(error, () => this.#runGroup(group), this.#options.busyBudgetMs);
    }
  }

  #runGroup(group: readonly Waiting[]): readonly Outcome[] {
    this.#open();
    try {
      const outcomes = group.map(({ plan }) =>
        group.length === 1 ? this.#applyAlone(plan) : this.#applyInSavepoint(plan),
      );
      this.#options.faults?.reach("store.before-commit");
      this.#commit.run();
      return outcomes;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #open(): void {
    this.#begin.run();
    try {
      assertNotUpgraded(this.#userVersion.get() as number);
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #applyAlone(plan: CommitPlan): Outcome {
    return { result: this.#applier.apply(plan) };
  }

  #applyInSavepoint(plan: CommitPlan): Outcome {
    this.#connection.exec("savepoint plan");
    try {
      const result = this.#applier.apply(plan);
      this.#connection.exec("release plan");
      return { result };
    } catch (error) {
      // A full disk, an I/O error or a lack of memory may have rolled back everything: then there is no savepoint any more.
      if (!this.#connection.inTransaction) throw error;
      this.#connection.exec("rollback to plan; release plan");
      return { reason: error };
    }
  }

  #rollback(): void {
    if (this.#connection.inTransaction) this.#connection.exec("rollback");
  }
}

const retryAfter = async <T>(error: unknown, write: () => T, budgetMs: number): Promise<T> => {
  let first: { readonly error: unknown } | undefined = { error };
  return retryWhileBusy(() => {
    const failed = first;
    first = undefined;
    if (failed !== undefined) throw failed.error;
    return write();
  }, budgetMs);
};
