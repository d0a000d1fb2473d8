import { createMemoryStore } from "@holdfast/testkit";

import type { CommitPlan, CommitResult, Store } from "@holdfast/core/store";
import type { StoreSubject } from "@holdfast/testkit/contract";

/** A memory store with one small fault, and what finds it. */
export interface Mutant {
  readonly name: string;
  /** The law that names the fault, as titles begin with it. */
  readonly law: string;
  /** How the title of one of the law's cases that fail begins. */
  readonly by: string;
  readonly subject: StoreSubject;
}

/** Methods in place of a store's own. */
export type Change = (inner: Store) => Partial<Store>;

/** A store that does what another does, but for some methods. */
export const changed = (inner: Store, change: Change): Store => {
  const methods = change(inner);
  return new Proxy(inner, {
    get: (target, name) => {
      const member: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
};

/** A subject of memory stores that are changed. */
export const changedMemory = (change: Change): StoreSubject => ({
  create: async () => changed(createMemoryStore(), change),
});

/** A fault of what a commit is made of, or of what it answers. */
export const inCommit =
  (commit: (plan: CommitPlan, inner: Store) => Promise<CommitResult>): Change =>
  (inner) => ({ commit: (plan) => commit(plan, inner) });
