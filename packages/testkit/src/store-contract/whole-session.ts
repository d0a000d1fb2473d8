import { maxEventsPerPage } from "@holdfast/core/store";
import { expect } from "vitest";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { CommitPlan, Store } from "@holdfast/core/store";

/** The whole log of a session from its floor on, read in pages. */
export const readLog = async (store: Store, sessionId: SessionId): Promise<readonly SealedEnvelope[]> => {
  const log: SealedEnvelope[] = [];
  for (;;) {
    const after = log.at(-1)?.seq ?? -1;
    const page = await store.events({ sessionId, after, limit: maxEventsPerPage });
    // A store that goes round in circles would do so for ever.
    expect(page[0]?.seq ?? Infinity).toBeGreaterThan(after);
    log.push(...page);
    if (page.length < maxEventsPerPage) return log;
  }
};

/** All that a store tells about a session, by every way of reading it. */
export const readWholeSession = async (store: Store, sessionId: SessionId) => ({
  head: await store.head(sessionId),
  floor: await store.floor(sessionId),
  log: await readLog(store, sessionId),
  session: await store.session(sessionId),
  snapshot: await store.snapshot(sessionId),
  history: await store.history({ sessionId, after: -1, limit: 200 }),
  rows: await store.rows(sessionId),
  withdrawn: await store.withdrawn({ sessionId, after: -1, limit: 500 }),
  asks: await store.asks({ sessionId, limit: 200 }),
  todo: await store.todo(sessionId),
  listed: (await store.sessions({ limit: 1_000 })).filter((row) => row.sessionId === sessionId),
  work: (await store.workloads({ runtime: "test", limit: 1_000 })).filter((work) => work.sessionId === sessionId),
});

/** All that a plan could change: its session, what is admitted under its identity, its blobs, and the approvals of its projects. */
export const readGround = async (store: Store, { sessionId, admission, blobs, approvals = [] }: CommitPlan) => ({
  ...(await readWholeSession(store, sessionId)),
  approvals: await Promise.all(approvals.map(({ project }) => store.approvals({ project }))),
  byMessage: admission === undefined ? null : await store.admission({ messageId: admission.messageId }),
  byKey:
    admission?.idempotencyKey === undefined
      ? null
      : await store.admission({ sessionId, idempotencyKey: admission.idempotencyKey }),
  blobs: await Promise.all((blobs ?? []).map(({ hash }) => store.blob(hash))),
});
