import type { Store } from "@holdfast/core/store";

/**
 * A store that the suite is run on. What a subject cannot do is said by leaving a function out; the suite lists every fact that it
 * did not run for that reason as skipped, and fails where the store's own capabilities say otherwise.
 */
export interface StoreSubject {
  /** An empty store. The suite disposes of it. */
  readonly create: () => Promise<Store>;
  /** Opens anew what an earlier store of `create` holds, after that one was disposed of. Absent for a store that is not durable. */
  readonly reopen?: (closed: Store) => Promise<Store>;
  /** Opens what a store of `create` holds a second time, while that one is open. Absent for a store of one process. */
  readonly alongside?: (open: Store) => Promise<Store>;
}
