import type { FaultPoints } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/**
 * A store that the suite is run on, and what can be done to it. What a subject cannot do is said by leaving a part out: the suite
 * lists every fact that it did not run for that reason, with the reason, and fails where the store's own capabilities say otherwise.
 */
export interface StoreSubject {
  /** An empty store. The suite disposes of it. */
  readonly create: () => Promise<Store>;
  /** Opens anew what an earlier store of `create` holds, after that one was disposed of. Absent for a store that is not durable. */
  readonly reopen?: (closed: Store) => Promise<Store>;
  /** Opens what a store of `create` holds a second time, while that one is open. Absent for a store of one process. */
  readonly alongside?: (open: Store) => Promise<Store>;
  /** What can be made to go wrong. */
  readonly faults?: StoreFaults;
  /** Laws that are not run, by name (`pruned`), and parts of the subject that are left out, by name (`makeBusy`): each with the reason. */
  readonly notRun?: Readonly<Record<string, string>>;
}

/** The fault profile of a store: each part makes a new, empty store, with a way of making something go wrong with it. */
export interface StoreFaults {
  /** A store whose process ends at a place: the `place`th one, from 1, that is reached after `arm`. */
  readonly crashAt?: (place: number) => Promise<DyingStore>;
  /** A second writer holds what a writer needs. The store gives up within a second or two. */
  readonly makeBusy?: () => Promise<FaultyStore>;
  /** There is no more room, or hardly any. */
  readonly fill?: () => Promise<FaultyStore>;
  /** Nothing can be read. */
  readonly breakReads?: () => Promise<FaultyStore>;
  /** Each write takes a long time: some tens of milliseconds. */
  readonly slowDown?: () => Promise<FaultyStore>;
}

/** A store with a fault that begins when it is told to, and ends when what that returns is disposed of. */
export interface FaultyStore {
  readonly store: Store;
  readonly begin: () => Promise<AsyncDisposable>;
}

/**
 * A store whose process ends. A place is between any two statements, and before and after all of them: what a store reaches by
 * `FaultPoints`, and where its driver allows it each statement. From there on nothing that it does has any effect, and it answers no
 * call but with an error; `createCrash` does that for a store in this process.
 */
export interface DyingStore {
  readonly store: Store;
  /** From now on places count. */
  readonly arm: () => void;
  /** Opens what is left, and disposes of what is not; null where the place was not reached, and everything was done. */
  readonly open: () => Promise<Store | null>;
}

/** The parts of a subject that it may leave out. */
export type SubjectPart = "reopen" | "alongside" | keyof StoreFaults;

/** A crash that is waited for. */
export interface Crash extends FaultPoints {
  /** The place at which it happened; null while it did not. */
  readonly place: string | null;
  readonly arm: () => void;
  /** From now on nothing fails. */
  readonly end: () => void;
}
