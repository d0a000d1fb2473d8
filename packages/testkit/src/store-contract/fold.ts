import { decodeEvent, inlineBlobs } from "@holdfast/core/event";
import { History } from "@holdfast/core/session";
import { thawMessage } from "@holdfast/core/store";
import { expect } from "vitest";

import type { Message, SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { FrozenMessage, Store } from "@holdfast/core/store";

/** Messages as a reader makes them: those that are frozen, and then what the events tell. */
export const fold = async (
  store: Store,
  events: readonly SealedEnvelope[],
  frozen: readonly FrozenMessage[] = [],
): Promise<readonly Message[]> => {
  const history = new History();
  for (const message of frozen) history.restore(thawMessage(message));
  for (const sealed of events) {
    const event = decodeEvent(sealed);
    if (event !== null) history.apply(await inlineBlobs(event, (hash) => store.blob(hash)));
  }
  return history.messages;
};

/** Every message of a session, read in pages of a size. */
export const readMessages = async (store: Store, sessionId: SessionId, limit = 200): Promise<readonly Message[]> => {
  const messages: Message[] = [];
  for (let after = -1; ;) {
    const page = await store.history({ sessionId, after, limit });
    messages.push(...(await fold(store, page?.events ?? [], page?.frozen)));
    const last = page?.messages.at(-1);
    if (last === undefined) return messages;
    // A store that goes round in circles would do so for ever.
    expect(last.seq).toBeGreaterThan(after);
    after = last.seq;
  }
};
