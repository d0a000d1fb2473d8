import { decodeEvent } from "../event/decode.ts";
import { fromOutputRef, toOutputRef } from "../output/output-ref.ts";
import { readFrozen } from "../store/freeze-message.ts";

import type { SessionId } from "../ids/id.ts";
import type { ImportBatch } from "../store/import-batch.ts";
import type { OutputKey } from "../store/output.ts";
import type { Store } from "../store/store.ts";

/** The outputs that a batch's events and messages refer to, by reference. */
export const referredOutputs = ({ events, floor }: ImportBatch): ReadonlySet<string> => {
  const settled = events
    .filter(({ type }) => type === "tool.settled")
    .flatMap((sealed) => {
      const event = decodeEvent(sealed);
      return event?.type === "tool.settled" ? [event.data.outcome.output] : [];
    });
  const frozen = (floor?.messages ?? []).flatMap((message) => {
    const value = readFrozen(message);
    return value?.role !== "assistant"
      ? []
      : value.content.map((part) => (part.type === "call" ? part.outcome?.output : undefined));
  });
  const keys = [...settled, ...frozen].map((text) => (text === undefined ? null : fromOutputRef(text)));
  return new Set(keys.flatMap((key) => (key === null ? [] : [toOutputRef(key)])));
};

/**
 * Whether an import of a session may bring an output: one of the session's own, or of its source where it is a fork, as long as the
 * source is no session of this store's own. Below a floor it is not told any more whether it is one.
 */
export const mayBring = async (
  store: Store,
  { sessionId, events, floor }: ImportBatch,
  key: OutputKey,
): Promise<boolean> => {
  if (key.sessionId === sessionId) return true;
  if (floor === undefined && events[0]?.data["forkedFrom"] === undefined) return false;
  return !(await isNative(store, key.sessionId));
};

// One that was deleted is as little for others to write as one that is there.
const isNative = async (store: Store, sessionId: SessionId): Promise<boolean> => {
  const snapshot = await store.snapshot(sessionId);
  return snapshot === null ? (await store.head(sessionId)) !== null : snapshot.replica === null;
};
