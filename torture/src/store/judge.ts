import Database from "better-sqlite3";

import { judgeSession } from "./judge-session.ts";
import { entriesOf } from "./journal.ts";

import type { CallId, MessageId, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { Entry } from "./journal.ts";

/** What of what was acknowledged is not there, or not whole. */
export const judge = async (store: Store, path: string, entries: readonly Entry[]): Promise<readonly string[]> => {
  const broken: string[] = [];
  for (const [sessionId, own] of bySession(entries)) broken.push(...(await judgeSession(store, sessionId, own)));
  await judgeAdmissions(store, entries, broken);
  await judgeOutputs(store, entries, broken);
  const database = new Database(path, { readonly: true });
  const integrity = database.pragma("integrity_check") as readonly { readonly integrity_check: string }[];
  database.close();
  const damage = integrity.filter(({ integrity_check: found }) => found !== "ok");
  broken.push(...damage.map(({ integrity_check: found }) => `integrity_check: ${found}`));
  return broken;
};

const bySession = (entries: readonly Entry[]): ReadonlyMap<SessionId, readonly Entry[]> => {
  const sessions = new Map<SessionId, Entry[]>();
  for (const entry of entries) {
    if (entry.kind !== "commit" && entry.kind !== "import" && entry.kind !== "floor") continue;
    const sessionId = entry.sessionId as SessionId;
    const own = sessions.get(sessionId);
    if (own === undefined) sessions.set(sessionId, [entry]);
    else own.push(entry);
  }
  return sessions;
};

const judgeAdmissions = async (store: Store, entries: readonly Entry[], broken: string[]): Promise<void> => {
  const places = new Map<string, string>();
  for (const { admitted, events } of entriesOf(entries, "commit")) {
    const [event] = events;
    if (admitted !== null && event !== undefined) places.set(admitted, `${event[0]} ${event[1]}`);
  }
  for (const { messageId, seq, hash } of entriesOf(entries, "replay")) {
    const first = places.get(messageId) ?? `${seq} ${hash}`;
    if (first !== `${seq} ${hash}`) broken.push(`${messageId} was replayed with another receipt`);
    places.set(messageId, first);
  }
  for (const [messageId, place] of places) {
    const row = await store.admission({ messageId: messageId as MessageId });
    const found = row === null ? "lost" : `${row.seq} ${row.hash}`;
    if (found !== place) broken.push(`the admission of ${messageId} at ${place} is ${found}`);
  }
};

const judgeOutputs = async (store: Store, entries: readonly Entry[], broken: string[]): Promise<void> => {
  for (const { sessionId, callId, size } of entriesOf(entries, "output")) {
    const key = { sessionId: sessionId as SessionId, callId: callId as CallId, attempt: 1 };
    const page = await store.readOutput(key, { offset: 0, limit: size + 1 });
    const isWhole =
      page?.size === size && page.bytes.length === size && page.bytes.every((byte) => byte === size % 251);
    if (!isWhole) broken.push(`the output of ${callId} is ${page === null ? "lost" : "another"}`);
  }
};
