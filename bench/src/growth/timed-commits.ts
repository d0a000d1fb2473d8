import type { Store } from "@holdfast/core/store";

/** How long each commit of a store took, in microseconds, oldest first. */
export type CommitTimes = number[];

/** The store, whose commits are timed. */
export const timedCommits =
  (times: CommitTimes) =>
  (store: Store): Store =>
    new Proxy(store, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        if (key !== "commit") return member.bind(target) as unknown;
        return async (plan: Parameters<Store["commit"]>[0]) => {
          const startedAt = performance.now();
          const result = await target.commit(plan);
          times.push((performance.now() - startedAt) * 1_000);
          return result;
        };
      },
    });
