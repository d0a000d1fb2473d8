import { decodeEvent, inlineBlobs } from "@holdfast/core/event";

import { isPruned } from "./is-pruned.ts";

import type { SessionId } from "@holdfast/core";
import type { DurableEvent } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

/** The event at a position, its texts in their places; undefined where the log holds none there any more. */
export const eventAt = async (store: Store, sessionId: SessionId, seq: number): Promise<DurableEvent | undefined> => {
  const [sealed] = await store.events({ sessionId, after: seq - 1, limit: 1 });
  // Of a log that was pruned, the first event that is left comes in its place.
  const event = sealed?.seq === seq ? decodeEvent(sealed) : null;
  if (event === null) return undefined;
  try {
    return await inlineBlobs(event, (hash) => store.blob(hash));
  } catch (error) {
    if (await isPruned(store, sessionId, seq)) return undefined;
    throw error;
  }
};
