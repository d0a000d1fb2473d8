import { exportLines, importLines, maxEventsPerPage, planPrune, readLog } from "@holdfast/core/store";
import { blobsOf, decodeEvent } from "@holdfast/core/event";
import { admitPlan, createMemoryStore, createPlan, endPlan, startPlan, turnEvents } from "@holdfast/testkit";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { HistoryPage } from "@holdfast/core/store";
import type { Desk } from "./desk.ts";
import type { Acknowledged } from "./journal.ts";

/** Prunes a session, of all that may go or of a part of it. */
export const prune = async ({ store, journal, random, sha256 }: Desk, sessionId: SessionId): Promise<void> => {
  const policy = { now: 0, keepEvents: Math.floor(random() * 40), maxEvents: 1 + Math.floor(random() * 200) };
  const plan = await planPrune(store, sessionId, { policy, hash: sha256 });
  if (plan === null) return;
  await store.prune(plan);
  const { seq, hash } = plan.floor;
  journal.note({ kind: "floor", sessionId, seq, hash });
};

/** Brings a session of another store here, pruned or whole, as lines; and makes it this store's own now and then. */
export const bringIn = async ({ store, journal, nextTurn, random, sha256 }: Desk): Promise<void> => {
  const turn = nextTurn();
  const sessionId = `ses_${turn.executionId.slice("exe_".length)}` as SessionId;
  await using elsewhere = createMemoryStore();
  await elsewhere.commit({ ...createPlan(turn), sessionId });
  await elsewhere.commit({ ...admitPlan(turn), sessionId });
  await elsewhere.commit({ ...startPlan(turn, turnEvents(turn)), sessionId });
  await elsewhere.commit({ ...endPlan(turn), sessionId });
  const whole: SealedEnvelope[] = [];
  for await (const event of readLog(elsewhere, sessionId, -1)) whole.push(event);
  if (random() < 0.5) {
    const plan = await planPrune(elsewhere, sessionId, { policy: { keepEvents: 0 }, hash: sha256 });
    if (plan !== null) await elsewhere.prune(plan);
  }
  await importLines(store, exportLines(elsewhere, sessionId, sha256), { hash: sha256 });
  journal.note({ kind: "import", sessionId, events: whole.map(toAcknowledged) });
  if (random() < 0.5) await store.commit({ sessionId, events: [], release: true });
};

const toAcknowledged = ({ seq, hash, prevHash }: SealedEnvelope): Acknowledged => [seq, hash, prevHash];

/** Looks at a session by every way of reading it, and at whether what it shows fits together. */
export const look = async (desk: Desk, sessionId: SessionId): Promise<void> => {
  const { store, journal, random } = desk;
  const broken = (sentence: string) => journal.note({ kind: "broken", sentence: `${sessionId}: ${sentence}` });
  const snapshot = await store.snapshot(sessionId);
  const history = await store.history({ sessionId, after: -1, limit: 200 });
  if (snapshot === null || history === null) return;
  if (!isInOrder(history)) broken("a page of history does not fit together");
  if (snapshot.execution?.state !== "open" && snapshot.calls.length > 0) broken("a call is open, and no execution");
  await store.sessions({ limit: 20, directory: snapshot.session.directory });
  await store.workloads({ runtime: "test", limit: 20 });
  const after = Math.max(-1, snapshot.head.seq - Math.floor(random() * 50));
  const page = await store.events({ sessionId, after, limit: maxEventsPerPage });
  for (const sealed of page) {
    const event = decodeEvent(sealed);
    for (const hash of event === null ? [] : blobsOf(event)) {
      // A pruning meanwhile takes blobs with their events.
      const isGone = (await store.blob(hash)) === null && ((await store.floor(sessionId))?.seq ?? -1) < sealed.seq;
      if (isGone) broken(`the blob ${hash} of event ${sealed.seq} is gone`);
    }
  }
  journal.note({ kind: "done", what: "looks" });
};

const isInOrder = ({ messages, frozen, events, head }: HistoryPage): boolean => {
  const seqs = messages.map(({ seq }) => seq);
  const rises = seqs.every((seq, index) => seq > (seqs[index - 1] ?? -1));
  return (
    rises &&
    [...messages, ...events].every(({ seq }) => seq <= head.seq) &&
    frozen.every(({ seq }) => seqs.includes(seq))
  );
};
