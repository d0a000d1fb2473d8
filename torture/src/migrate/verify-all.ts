import { verifySession } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** Every session of a store that holds a few. */
export const everySessionOf = async (store: Store): Promise<readonly SessionId[]> =>
  (await store.sessions({ limit: 200 })).map(({ sessionId }) => sessionId);

/** What is not whole of some sessions. */
export const verifyAll = async (store: Store, sessions: readonly SessionId[]): Promise<readonly string[]> => {
  const broken: string[] = [];
  for (const sessionId of sessions) {
    const { events, chain, projections } = await verifySession(store, sessionId, sha256);
    if (events === 0) broken.push(`${sessionId}: no event is left`);
    for (const finding of [...chain, ...projections]) broken.push(`${sessionId}: ${JSON.stringify(finding)}`);
  }
  return broken;
};
