import { HoldfastError } from "@holdfast/core";

import type { Cursor, EventItem, Holdfast } from "@holdfast/core";
import type { EventPage } from "@holdfast/core/wire";

/** A page of a session's log, up to its end as it is now (PROTOCOL 4.1). */
export const readEventPage = async (
  holdfast: Holdfast,
  query: { readonly sessionId: string; readonly after?: string | undefined; readonly limit: number },
): Promise<EventPage> => {
  const { limit, ...log } = query;
  const items: Extract<EventItem, { kind: "event" }>[] = [];
  let cursor: Cursor | undefined;
  for await (const item of holdfast.sessions.events({ ...log, until: "sync" })) {
    if (item.kind === "sync") cursor = item.cursor;
    if (item.kind !== "event") continue;
    if (items.length === limit) return toPage(items, cursor, true);
    items.push(item);
    cursor = item.cursor;
  }
  return toPage(items, cursor, false);
};

const toPage = (
  items: readonly Extract<EventItem, { kind: "event" }>[],
  cursor: Cursor | undefined,
  more: boolean,
): EventPage => {
  if (cursor === undefined) {
    throw new HoldfastError("http.internal", {
      message: "Expected a reader to say where the log ends, and it did not.",
    });
  }
  return { items: items.map(({ event, cursor: at }) => ({ event, cursor: at })), cursor, more };
};
