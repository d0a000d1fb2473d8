import { exportLines, maxMessagesPerPage, readLog, verifySession } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";

import { entriesOf } from "./journal.ts";

import type { SessionId } from "@holdfast/core";
import type { LogHead, Store } from "@holdfast/core/store";
import type { Acknowledged, Entry } from "./journal.ts";

/** What of a session that was acknowledged is not there, or not whole. */
export const judgeSession = async (
  store: Store,
  sessionId: SessionId,
  entries: readonly Entry[],
): Promise<readonly string[]> => {
  const floor = await store.floor(sessionId);
  const commits = entriesOf(entries, "commit");
  const acknowledged = [...commits, ...entriesOf(entries, "import")].flatMap(({ events }) => events);
  const messages = await messagesOf(store, sessionId);
  const lost = commits.flatMap((entry) => entry.messages).filter((id) => !messages.has(id));
  const broken = [
    ...judgeAcknowledged(acknowledged),
    ...(await judgeLog(store, { sessionId, floor }, acknowledged)),
    ...judgeClaims(commits.flatMap(({ fence }) => fence ?? [])),
    ...entriesOf(entries, "floor").flatMap(({ seq }) =>
      seq > (floor?.seq ?? -1) ? [`the floor went back from ${seq}`] : [],
    ),
    ...lost.map((id) => `message ${id} is lost`),
    ...(await judgeWhole(store, sessionId)),
  ];
  return broken.map((sentence) => `${sessionId}: ${sentence}`);
};

/** All that was acknowledged, by whomever, is one chain: also what was pruned since. */
const judgeAcknowledged = (acknowledged: readonly Acknowledged[]): readonly string[] => {
  const broken: string[] = [];
  const hashes = new Map<number, string>();
  for (const [seq, hash] of acknowledged) {
    if (hashes.has(seq)) broken.push(`event ${seq} was acknowledged twice`);
    hashes.set(seq, hash);
  }
  for (const [seq, , prevHash] of acknowledged) {
    const before = hashes.get(seq - 1);
    if (before !== undefined && before !== prevHash) broken.push(`event ${seq} does not follow the one before`);
  }
  return broken;
};

/** What was acknowledged is there, from the floor on. */
const judgeLog = async (
  store: Store,
  { sessionId, floor }: { readonly sessionId: SessionId; readonly floor: LogHead | null },
  acknowledged: readonly Acknowledged[],
): Promise<readonly string[]> => {
  const broken: string[] = [];
  const stored = new Map(floor === null ? [] : [[floor.seq, floor.hash]]);
  for await (const { seq, hash } of readLog(store, sessionId, -1)) {
    if (stored.has(seq)) broken.push(`event ${seq} is there twice`);
    stored.set(seq, hash);
  }
  for (const [seq, hash] of acknowledged) {
    if (seq < (floor?.seq ?? -1) || stored.get(seq) === hash) continue;
    broken.push(`acknowledged event ${seq} is ${stored.get(seq) ?? "lost"}`);
  }
  return broken;
};

const judgeClaims = (fences: readonly number[]): readonly string[] =>
  new Set(fences).size === fences.length ? [] : ["two owners took a claim with the same fence"];

const judgeWhole = async (store: Store, sessionId: SessionId): Promise<readonly string[]> => {
  const { chain, projections } = await verifySession(store, sessionId, sha256);
  const broken = [
    ...chain.map((finding) => `the log: ${JSON.stringify(finding)}`),
    ...projections.map((finding) => `a projection differs from its rebuild: ${JSON.stringify(finding)}`),
  ];
  try {
    // An export reads every message, blob and output that the session refers to, and fails for one that is lost.
    for await (const line of exportLines(store, sessionId, sha256)) if (line === "") broken.push("an empty line");
  } catch (error) {
    broken.push(`it cannot be exported: ${String(error)}`);
  }
  return broken;
};

const messagesOf = async (store: Store, sessionId: SessionId): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  for (let after = -1; ;) {
    const page = await store.history({ sessionId, after, limit: maxMessagesPerPage });
    for (const { messageId } of page?.messages ?? []) ids.add(messageId);
    const last = page?.messages.at(-1);
    if (last === undefined) return ids;
    after = last.seq;
  }
};
