import { isBusy } from "../errors.ts";
import { pauseBeforeRetry } from "../retry-while-busy.ts";
import { assertNotUpgraded } from "./assert-not-upgraded.ts";
import { capturePlan } from "./capture-plan.ts";
import { WriteQueue } from "./write-queue.ts";

import type { FaultPoints } from "@holdfast/core";
import type { CommitPlan, CommitResult } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";
import type { PlanApplier } from "./plan-applier.ts";
import type { Waiting } from "./write-queue.ts";

/** What is done once the outer commit is on the disk. */
interface Written {
  readonly tell: () => void;
  readonly resolve: () => void;
}

interface Write extends Waiting {
  readonly isPlan: boolean;
  /** Writes inside the transaction; what it throws is the refusal. */
  readonly run: () => Written;
}

type Outcome = { readonly written: Written } | { readonly reason: unknown };

interface WriterOptions {
  readonly busyBudgetMs: number;
  readonly faults: FaultPoints | undefined;
  /** Called after the outer commit, before anyone is told. */
  readonly onCommitted: (result: CommitResult, plan: CommitPlan) => void;
}

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
  readonly #savepoint: Statement;
  readonly #release: Statement;
  readonly #userVersion: Statement;
  readonly #queue = new WriteQueue<Write>((group) => this.#settle(group));
  #commits = 0;

  constructor(connection: Connection, applier: PlanApplier, options: WriterOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#applier = applier;
    this.#begin = connection.prepare("begin immediate");
    this.#commit = connection.prepare("commit");
    this.#savepoint = connection.prepare("savepoint plan");
    this.#release = connection.prepare("release plan");
    this.#userVersion = connection.prepare("pragma user_version").pluck();
  }

  /** Applies a plan as it is now: what its maker does to it later does not matter. */
  write(plan: CommitPlan): Promise<CommitResult> {
    return new Promise((resolve, reject) => {
      const captured = capturePlan(plan);
      const run = (): Written => {
        const result = this.#applier.apply(captured);
        return { tell: () => this.#options.onCommitted(result, captured.plan), resolve: () => resolve(result) };
      };
      this.#queue.push({ isGroupable: true, isPlan: true, deadline: this.#deadline(), run, reject });
    });
  }

  /** Runs one other write in a transaction of its own, in its turn among the plans. */
  exclusively<T>(write: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = (): Written => {
        const value = write();
        return { tell: () => undefined, resolve: () => resolve(value) };
      };
      this.#queue.push({ isGroupable: false, isPlan: false, deadline: this.#deadline(), run, reject });
    });
  }

  /** How many transactions were committed so far. */
  get commits(): number {
    return this.#commits;
  }

  /** Resolves when nothing waits any more, also not for another process. */
  settled(): Promise<void> {
    return this.#queue.settled();
  }

  #deadline(): number {
    return performance.now() + this.#options.busyBudgetMs;
  }

  async #settle(writes: readonly Write[]): Promise<void> {
    let group = writes;
    for (let retry = 0; group.length > 0; retry++) {
      if (retry > 0) await pauseBeforeRetry(retry - 1);
      const outcomes = this.#attempt(group);
      if (Array.isArray(outcomes)) return this.#acknowledge(group, outcomes);
      const { error } = outcomes;
      if (!isBusy(error)) return this.#refuse(group, error);
      // What failed as busy fails as busy alone, too: only what still has time is tried again, and all of it together.
      group = this.#queue.refuseLate(group, error);
    }
  }

  #attempt(group: readonly Write[]): Outcome[] | { readonly error: unknown } {
    try {
      return this.#runGroup(group);
    } catch (error) {
      return { error };
    }
  }

  #runGroup(group: readonly Write[]): Outcome[] {
    this.#open();
    try {
      const outcomes = group.map((write) =>
        group.length === 1 ? { written: write.run() } : this.#runInSavepoint(write),
      );
      if (group[0]?.isPlan === true) this.#options.faults?.reach("store.before-commit");
      this.#commit.run();
      this.#commits += 1;
      return outcomes;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #open(): void {
    this.#begin.run();
    this.#applier.begin();
    try {
      assertNotUpgraded(this.#userVersion.get() as number);
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  #runInSavepoint(write: Write): Outcome {
    this.#savepoint.run();
    try {
      const written = write.run();
      this.#release.run();
      return { written };
    } catch (error) {
      // A full disk, an I/O error or a lack of memory may have rolled back everything: then there is no savepoint any more.
      if (!this.#connection.inTransaction || isBusy(error)) throw error;
      this.#connection.exec("rollback to plan; release plan");
      return { reason: error };
    }
  }

  #rollback(): void {
    if (this.#connection.inTransaction) this.#connection.exec("rollback");
  }

  // The whole transaction is gone, with plans that may be innocent: each is tried alone, before anything that came later.
  #refuse(group: readonly Write[], error: unknown): void {
    if (group.length === 1) for (const { reject } of group) reject(error);
    else this.#queue.putBack(group.map((write) => ({ ...write, isGroupable: false })));
  }

  #acknowledge(group: readonly Write[], outcomes: readonly Outcome[]): void {
    const masking = group[0]?.isPlan === true ? this.#faultAfterCommit() : null;
    for (const [index, outcome] of outcomes.entries()) {
      const reject = group[index]?.reject;
      if ("reason" in outcome) {
        reject?.(outcome.reason);
        continue;
      }
      try {
        outcome.written.tell();
      } catch {
        // A logger that throws, told of a watcher that threw: the commit is done, and so is every other of the group.
      }
      if (masking === null) outcome.written.resolve();
      else reject?.(masking.error);
    }
  }

  /** What a test has thrown after the commit: it masks commits that are done, and nothing else may come of it. */
  #faultAfterCommit(): { readonly error: unknown } | null {
    try {
      this.#options.faults?.reach("store.after-commit");
      return null;
    } catch (error) {
      return { error };
    }
  }
}
