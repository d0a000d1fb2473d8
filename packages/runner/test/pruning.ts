import { planPrune } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";

import type { MessagePage, Holdfast, Message, SessionId } from "@holdfast/core";
import type { Floor, PrunePolicy, Store } from "@holdfast/core/store";

/** Prunes a session as far as the policy lets it go, by default whatever is settled, and tells its floor. */
export const prune = async (
  store: Store,
  sessionId: SessionId,
  policy: Omit<PrunePolicy, "now"> = {},
): Promise<Floor> => {
  for (;;) {
    const plan = await planPrune(store, sessionId, { policy: { now: 0, keepEvents: 0, ...policy }, hash: sha256 });
    if (plan === null) break;
    await store.prune(plan);
  }
  const floor = await store.floor(sessionId);
  if (floor === null) throw new Error(`expected something to prune in ${sessionId}, found nothing`);
  return floor;
};

/** Every message of a session, read in small pages. */
export const allMessages = async ({ sessions }: Holdfast, sessionId: string): Promise<readonly Message[]> => {
  const found: Message[] = [];
  let afterSeq: number | undefined = -1;
  while (afterSeq !== undefined) {
    const page: MessagePage = await sessions.messages({ sessionId, limit: 3, afterSeq });
    found.push(...page.messages);
    afterSeq = page.nextAfterSeq;
  }
  return found;
};
