import { toCursor } from "@holdfast/core";
import { decodeEvent, inlineBlobs, inlinedBytes } from "@holdfast/core/event";
import { History } from "@holdfast/core/session";
import { thawMessage } from "@holdfast/core/store";

import { eventAt } from "../session/event-at.ts";
import { isPruned } from "../session/is-pruned.ts";
import { weigh } from "../weigh.ts";
import { noSession } from "./no-session.ts";
import { canonicalOrder } from "./canonical-order.ts";

import type { JsonValue, Message, MessagePage, PendingInput, SessionId } from "@holdfast/core";
import type { DurableEvent } from "@holdfast/core/event";
import type { HistoryPage, Store } from "@holdfast/core/store";

/** What the messages of a page take at most, in bytes, where they are more than one. */
export const maxPageBytes = 32 * 1024 * 1024;

/**
 * A page of messages as they are at its cursor: those that were frozen when their events were pruned, and the others folded from their
 * events. Byte for byte the same, whichever a message is. A page of large messages has fewer than `limit`, and says where to go on.
 */
export const readMessages = async (
  store: Store,
  asked: { readonly sessionId: SessionId; readonly afterSeq: number; readonly limit: number },
): Promise<MessagePage> => {
  const { sessionId, afterSeq } = asked;
  for (let { limit } = asked; ;) {
    const page = await store.history({ sessionId, after: afterSeq, limit });
    if (page === null) throw await noSession(store, sessionId);
    if (page.messages.length > 1 && bytesOf(page) > maxPageBytes) {
      // Read anew, so that the messages are all as they are at one cursor.
      limit = Math.ceil(page.messages.length / 2);
      continue;
    }
    const messages = await fold(store, page);
    // It was pruned while it was read, and texts went with it: they are in its frozen messages now.
    if (messages === undefined) continue;
    const last = page.messages.at(-1);
    return {
      messages: messages.map((message) => canonicalOrder(message as unknown as JsonValue) as unknown as Message),
      cursor: toCursor(store.storeId, { sessionId, ...page.head }),
      ...(page.messages.length === limit && last !== undefined ? { nextAfterSeq: last.seq } : {}),
    };
  }
};

/** What its messages will take, roughly, before any of their texts is read. */
const bytesOf = ({ frozen, events }: HistoryPage): number => {
  let bytes = 0;
  for (const { value } of frozen) bytes += value.length;
  for (const sealed of events) {
    const event = decodeEvent(sealed);
    if (event !== null) bytes += weigh(event.data) / 2 + inlinedBytes(event);
  }
  return bytes;
};

/** The messages of a page; undefined where its events were pruned since it was read. */
const fold = async (store: Store, page: HistoryPage): Promise<readonly Message[] | undefined> => {
  const history = new History();
  for (const frozen of page.frozen) history.restore(thawMessage(frozen));
  for (const sealed of page.events) {
    const event = decodeEvent(sealed);
    if (event === null) continue;
    try {
      history.apply(await inlineBlobs(event, (hash) => store.blob(hash)));
    } catch (error) {
      if (await isPruned(store, sealed.sessionId, sealed.seq)) return undefined;
      throw error;
    }
  }
  const asked = new Set(page.messages.map(({ messageId }) => messageId));
  return history.messages.filter(({ messageId }) => asked.has(messageId));
};

/** The inputs that wait in the inbox, in admission order. */
export const readInputs = async (store: Store, sessionId: SessionId): Promise<readonly PendingInput[]> => {
  const snapshot = await store.snapshot(sessionId);
  if (snapshot === null) throw await noSession(store, sessionId);
  const inputs: PendingInput[] = [];
  for (const { messageId, kind, seq, valueSeq, delivery, awake, version } of snapshot.inputs) {
    const value = await eventAt(store, sessionId, valueSeq);
    const admitted = valueSeq === seq ? value : await eventAt(store, sessionId, seq);
    // It was promoted or withdrawn since, and then pruned.
    if (value === undefined || admitted === undefined) continue;
    inputs.push({
      messageId,
      kind,
      text: textOf(value),
      delivery,
      awake: awake === 1,
      admittedTime: admitted.time,
      version,
    });
  }
  return inputs;
};

const textOf = ({ type, data }: DurableEvent): string => {
  if ((type === "input.admitted" || type === "input.replaced") && typeof data.text === "string") return data.text;
  throw new TypeError(`expected the content of an input, found an event ${type} without its text`);
};
