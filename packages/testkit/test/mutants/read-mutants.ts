import { sealPlan } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";

import { changedMemory } from "./mutant.ts";

import type { OwnerId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { CommitResult, DirtyListener, Store } from "@holdfast/core/store";
import type { Change, Mutant } from "./mutant.ts";

type Head = CommitResult["head"];

/** A store whose log reads otherwise than it was written, everywhere. */
const rewritten =
  (event: (sealed: SealedEnvelope) => SealedEnvelope, head: (kept: Head) => Head): Change =>
  (inner) => ({
    commit: async (plan) => {
      const result = await inner.commit(plan);
      const read = { ...result, head: head(result.head) };
      return read.status === "committed" ? { ...read, events: read.events.map(event) } : read;
    },
    events: async (query) => (await inner.events(query)).map(event),
    head: async (sessionId) => {
      const kept = await inner.head(sessionId);
      return kept === null ? null : head(kept);
    },
  });

const gapped = <T extends { readonly seq: number }>(place: T): T => ({
  ...place,
  seq: place.seq < 3 ? place.seq : place.seq + 1,
});

const genesis = /^0+$/;
const rehash = (hash: string): string => (genesis.test(hash) ? hash : sha256(`the wrong bytes of ${hash}`));

const signalsFirst: Change = (inner) => {
  const listeners = new Map<string, DirtyListener[]>();
  return {
    commit: async (plan) => {
      const drafts = sealPlan(plan, await inner.head(plan.sessionId), sha256);
      for (const tell of listeners.get(plan.sessionId) ?? []) tell(drafts.map(({ sealed }) => sealed));
      return inner.commit(plan);
    },
    watch: (sessionId, listener) => {
      listeners.set(sessionId, [...(listeners.get(sessionId) ?? []), listener]);
      return { [Symbol.dispose]: () => undefined };
    },
  };
};

const registersLate: Change = (inner) => ({
  watch: (sessionId, listener) => {
    let watch: Disposable | undefined;
    let isClosed = false;
    const timer = setImmediate(() => {
      // Where the store was closed meanwhile, nobody is told of it: that is not the fault that is looked for.
      if (!isClosed) watch = inner.watch(sessionId, listener);
    });
    return {
      [Symbol.dispose]: () => {
        clearImmediate(timer);
        watch?.[Symbol.dispose]();
      },
    };
  },
});

const forgetsKeys: Change = (inner) => {
  const isForgotten = async (identity: Parameters<Store["admission"]>[0]): Promise<boolean> => {
    const row = await inner.admission(identity);
    return row !== null && row.seq <= ((await inner.floor(row.sessionId))?.seq ?? -1);
  };
  return {
    admission: async (identity) => ((await isForgotten(identity)) ? null : inner.admission(identity)),
    commit: async (plan) => {
      const { admission, ...rest } = plan;
      const gone = admission !== undefined && (await isForgotten({ messageId: admission.messageId }));
      return inner.commit(gone ? rest : plan);
    },
  };
};

/** Faults of the log as it is kept and read, of signals and of what else is kept. */
export const readMutants: readonly Mutant[] = [
  {
    name: "gap in seq",
    law: "1 gapless",
    by: "numbers events from 0",
    subject: changedMemory(rewritten(gapped, gapped)),
  },
  {
    name: "chain over the wrong bytes",
    law: "2 sealed",
    by: "an event's hash is over its envelope as it reads back",
    subject: changedMemory(
      rewritten(
        (sealed) => ({ ...sealed, hash: rehash(sealed.hash), prevHash: rehash(sealed.prevHash) }),
        (head) => ({ ...head, hash: rehash(head.hash) }),
      ),
    ),
  },
  {
    name: "page skips its boundary row",
    law: "1 gapless",
    by: "pages of events begin after the seq",
    subject: changedMemory((inner) => ({
      events: (query) => inner.events({ ...query, after: query.after < 0 ? query.after : query.after + 1 }),
    })),
  },
  {
    name: "page of messages skips its boundary row",
    law: "11 consistent",
    by: "pages of 1 together fold to what the whole log folds to",
    subject: changedMemory((inner) => ({
      history: (query) => inner.history({ ...query, after: query.after < 0 ? query.after : query.after + 1 }),
    })),
  },
  {
    name: "signal before commit",
    law: "10 signalled",
    by: "a watcher can read the commit that it is called for",
    subject: changedMemory(signalsFirst),
  },
  {
    name: "tail reads before it registers",
    law: "10 signalled",
    by: "a commit in the same turn in which a watch begins is told",
    subject: changedMemory(registersLate),
  },
  {
    name: "prune drops a key",
    law: "19 pruned",
    by: "an identity below the floor is known",
    subject: changedMemory(forgetsKeys),
  },
  {
    name: "retire deletes every owner",
    law: "6 taken once",
    by: "a runtime that retires takes no other's row with it",
    subject: changedMemory((inner) => {
      const known = new Set<OwnerId>();
      return {
        renew: (owner) => inner.renew((known.add(owner.ownerId), owner)),
        retire: async () => void (await Promise.all([...known].map((ownerId) => inner.retire(ownerId)))),
      };
    }),
  },
  {
    name: "workloads return other runtimes' executions",
    law: "11 consistent",
    by: "work is of the runtime that is asked for",
    subject: changedMemory((inner) => {
      const runtimes = new Set<string>();
      return {
        commit: (plan) => {
          for (const { data } of plan.events) if ("runtime" in data) runtimes.add(data.runtime);
          return inner.commit(plan);
        },
        workloads: async ({ runtime, limit }) => {
          const names = [...new Set([...runtimes, runtime])];
          const work = await Promise.all(names.map((name) => inner.workloads({ runtime: name, limit })));
          return work.flat().slice(0, limit);
        },
      };
    }),
  },
];
