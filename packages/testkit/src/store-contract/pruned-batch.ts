import { frozenMessages } from "@holdfast/core/store";

import { blobsIn } from "./transfers.ts";
import { readLog } from "./whole-session.ts";

import type { SessionId } from "@holdfast/core";
import type { AdmissionRow, FrozenMessage, ImportBatch, Store } from "@holdfast/core/store";

/** All that a store holds of a session, as the batch that an export of it comes to. */
export const batchOf = async (store: Store, sessionId: SessionId): Promise<ImportBatch> => {
  const floor = await store.floor(sessionId);
  const events = await readLog(store, sessionId);
  const messages: FrozenMessage[] = [];
  const admissions: AdmissionRow[] = [];
  for await (const message of floor === null ? [] : frozenMessages(store, floor)) {
    messages.push(message);
    const row = message.role === "user" ? await store.admission({ messageId: message.messageId }) : null;
    if (row !== null) admissions.push(row);
  }
  admissions.push(...(await store.withdrawn({ sessionId, after: -1, limit: 500 })));
  const blobs = await blobsIn(store, events);
  const below = floor === null ? {} : { floor: { floor, messages }, admissions };
  return { sessionId, events: structuredClone(events), blobs, as: "replica", ...below };
};
