import { toCursor } from "@holdfast/core";
import { decodeEvent, inlineBlobs } from "@holdfast/core/event";
import { History } from "@holdfast/core/session";

import { sessionNotFound } from "./arguments.ts";

import type { MessagePage, PendingInput, SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

/** A page of messages, folded from their events as they are at its cursor. */
export const readMessages = async (
  store: Store,
  { sessionId, afterSeq, limit }: { readonly sessionId: SessionId; readonly afterSeq: number; readonly limit: number },
): Promise<MessagePage> => {
  const page = await store.history({ sessionId, after: afterSeq, limit });
  if (page === null) throw sessionNotFound(sessionId);
  const history = new History();
  for (const sealed of page.events) {
    const event = await readEvent(store, sealed);
    if (event !== null) history.apply(event);
  }
  const asked = new Set(page.messages.map(({ messageId }) => messageId));
  const last = page.messages.at(-1);
  return {
    messages: history.messages.filter(({ messageId }) => asked.has(messageId)),
    cursor: toCursor(store.storeId, { sessionId, ...page.head }),
    ...(page.messages.length === limit && last !== undefined ? { nextAfterSeq: last.seq } : {}),
  };
};

/** The inputs that wait in the inbox, in admission order. */
export const readInputs = async (store: Store, sessionId: SessionId): Promise<readonly PendingInput[]> => {
  const snapshot = await store.snapshot(sessionId);
  if (snapshot === null) throw sessionNotFound(sessionId);
  const inputs: PendingInput[] = [];
  for (const { messageId, seq, delivery, awake, version } of snapshot.inputs) {
    const [sealed] = await store.events({ sessionId, after: seq - 1, limit: 1 });
    const event = sealed === undefined ? null : await readEvent(store, sealed);
    if (event?.type !== "input.admitted" || typeof event.data.text !== "string") continue;
    inputs.push({ messageId, text: event.data.text, delivery, awake: awake === 1, admittedTime: event.time, version });
  }
  return inputs;
};

/** A stored envelope as an event with its texts in their places; null for one that may be passed over. */
export const readEvent = async (store: Store, sealed: SealedEnvelope) => {
  const event = decodeEvent(sealed);
  return event === null ? null : inlineBlobs(event, (hash) => store.blob(hash));
};
