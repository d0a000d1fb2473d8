import { maxEventsPerPage } from "@holdfast/core/store";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { LogHead } from "@holdfast/core/store";
import type { Desk } from "./desk.ts";

const followMs = 1_000;

/** Follows a session for a while from where it is, by what is signalled and what is read: nothing is missing, nothing comes twice. */
export const follow = async (desk: Desk, sessionId: SessionId): Promise<void> => {
  const { store, journal } = desk;
  let wake = Promise.withResolvers<void>();
  const handed: SealedEnvelope[] = [];
  using _watch = store.watch(sessionId, (committed) => {
    handed.push(...(committed ?? []));
    wake.resolve();
  });
  let last: LogHead | null = await store.head(sessionId);
  let events = 0;
  const until = performance.now() + followMs;
  for (let left = followMs; left > 0; left = until - performance.now()) {
    const timer = setTimeout(wake.resolve, left);
    await wake.promise;
    clearTimeout(timer);
    wake = Promise.withResolvers<void>();
    const committed = new Map(handed.splice(0).map(({ seq, hash }) => [seq, hash]));
    const page = await store.events({ sessionId, after: last?.seq ?? -1, limit: maxEventsPerPage });
    for (const event of page) {
      await assertNext(desk, event, last);
      const hash = committed.get(event.seq) ?? event.hash;
      if (hash !== event.hash) {
        journal.note({ kind: "broken", sentence: `event ${event.seq} of ${sessionId} was handed over as another` });
      }
      last = { seq: event.seq, hash: event.hash };
      events += 1;
    }
  }
  if (events > 0) journal.note({ kind: "done", what: "tails that saw events" });
};

const assertNext = async ({ store, journal }: Desk, event: SealedEnvelope, last: LogHead | null): Promise<void> => {
  const { sessionId, seq, prevHash } = event;
  if (seq === (last?.seq ?? -1) + 1) {
    if (last !== null && prevHash !== last.hash) {
      journal.note({ kind: "broken", sentence: `event ${seq} of ${sessionId} does not follow the one before` });
    }
    return;
  }
  // What was pruned before it was read is never returned.
  const floor = await store.floor(sessionId);
  if (floor !== null && floor.seq >= seq - 1) return;
  journal.note({ kind: "broken", sentence: `after event ${last?.seq ?? -1} of ${sessionId} came event ${seq}` });
};
