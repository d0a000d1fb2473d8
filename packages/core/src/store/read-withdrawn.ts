import { maxEventsPerPage } from "./store.ts";

import type { SessionId } from "../ids/id.ts";
import type { AdmissionRow } from "./plan.ts";
import type { Store } from "./store.ts";

/** Every identity of an input that was withdrawn at or below a session's floor, page by page. */
export async function* readWithdrawn(store: Store, sessionId: SessionId): AsyncGenerator<AdmissionRow> {
  for (let after = -1; ;) {
    const page = await store.withdrawn({ sessionId, after, limit: maxEventsPerPage });
    yield* page;
    if (page.length < maxEventsPerPage) return;
    after = page.at(-1)?.seq ?? after;
  }
}
