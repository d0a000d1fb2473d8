import { maxEventsPerPage } from "./store.ts";

import type { SealedEnvelope } from "../event/envelope.ts";
import type { SessionId } from "../ids/id.ts";
import type { Store } from "./store.ts";

/** The events of a log after a position, to its end, read page by page. */
export async function* readLog(store: Store, sessionId: SessionId, after: number): AsyncGenerator<SealedEnvelope> {
  for (let last = after; ;) {
    const page = await store.events({ sessionId, after: last, limit: maxEventsPerPage });
    yield* page;
    if (page.length < maxEventsPerPage) return;
    last = page.at(-1)?.seq ?? last;
  }
}
