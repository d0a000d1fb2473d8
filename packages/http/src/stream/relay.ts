import { FrameBatch } from "./frame-batch.ts";
import { toFrame } from "./frames.ts";

import type { Cursor, EventItem, EventsQuery, Holdfast } from "@holdfast/core";
import type { FrameQueue } from "./frame-queue.ts";

/** How a reader of one stream ended. */
export interface RelayEnd {
  /** Where it stands. */
  readonly cursor: Cursor | undefined;
  /** Whether the session was deleted: nothing comes any more. */
  readonly isOver: boolean;
}

/**
 * Reads to the end of a query into one stream, no faster than its client reads.
 *
 * @param isTold Whether an item is passed on.
 */
export const relay = async (
  holdfast: Holdfast,
  query: EventsQuery,
  { queue, isTold }: { readonly queue: FrameQueue; readonly isTold: (item: EventItem) => boolean },
): Promise<RelayEnd> => {
  const batch = new FrameBatch((chunk) => queue.offer(chunk));
  let cursor: Cursor | undefined;
  let isOver = false;
  for await (const item of holdfast.sessions.events({ ...query, signal: queue.closed })) {
    if ("cursor" in item) cursor = item.cursor;
    if (item.kind === "event") isOver = item.event.type === "session.deleted";
    if (isTold(item)) batch.add(toFrame(item));
    if (batch.isFull) batch.flush();
    if (queue.fill > 0.25) {
      batch.flush();
      await queue.room();
    }
  }
  batch.flush();
  return { cursor, isOver };
};
