import { decodeEvent } from "../event/decode.ts";
import { genesisHash } from "../event/envelope.ts";
import { inlineBlobs } from "../event/inline-blobs.ts";
import { History } from "../session/history.ts";
import { FloorWalk } from "./floor-walk.ts";
import { freezeMessage } from "./freeze-message.ts";
import { assertPolicy, limitsOf } from "./prune-policy.ts";
import { readLog } from "./read-log.ts";
import { readTombstone } from "./read-tombstone.ts";

import type { SessionId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { Floor, FrozenMessage, PrunePlan } from "./floor.ts";
import type { FloorPlace } from "./floor-walk.ts";
import type { PrunePolicy } from "./prune-policy.ts";
import type { Store } from "./store.ts";

interface Setting {
  readonly sessionId: SessionId;
  readonly before: Floor | null;
  readonly hash: Hash;
}

/**
 * Where a session's log may begin from now on: at the highest end of an execution within the policy at which nothing is open. Null
 * where there is none above the floor that it has, and where another process moved that floor, or deleted the session, meanwhile. What waits in the inbox is
 * open: a single input that was recorded (`resume: false`) and never taken up keeps the log from being pruned beyond it.
 *
 * Reads page by page, first to find the place, checking the chain as it goes, so that nothing is removed of which it is not known
 * what it was; then the messages up to it. What it holds is the plan's messages, which the policy bounds, and what was open at once.
 *
 * @throws argument.invalid for a policy that does not say what it keeps.
 * @throws event.chain-broken, event.unknown-type, event.invalid-data, store.corrupt: a damaged session is left as it is.
 */
export const planPrune = async (
  store: Store,
  sessionId: SessionId,
  { policy, hash }: { readonly policy: PrunePolicy; readonly hash: Hash },
): Promise<PrunePlan | null> => {
  assertPolicy(policy);
  const setting: Setting = { sessionId, before: await store.floor(sessionId), hash };
  try {
    const place = await findPlace(store, setting, policy);
    return place === null ? null : await planAt(store, setting, place);
  } catch (error) {
    // Events and texts that another process removed are no damage, and there is nothing left to remove that it did not.
    if ((await store.floor(sessionId))?.seq !== setting.before?.seq) return null;
    if ((await readTombstone(store, sessionId)) !== null) return null;
    throw error;
  }
};

const findPlace = async (
  store: Store,
  { sessionId, before, hash }: Setting,
  policy: PrunePolicy,
): Promise<FloorPlace | null> => {
  const head = await store.head(sessionId);
  if (head === null || (await readTombstone(store, sessionId)) !== null) return null;
  const walk = new FloorWalk(sessionId, before, hash);
  const limits = limitsOf(policy, head.seq);
  const begin = before?.seq ?? -1;
  for await (const sealed of readLog(store, sessionId, begin)) {
    if (sealed.seq > limits.seq || sealed.time > limits.time) break;
    walk.take(sealed);
    const isEnough = sealed.seq - begin >= limits.events || walk.bytes >= limits.bytes;
    if (isEnough && walk.place !== null) break;
  }
  return walk.place;
};

const planAt = async (store: Store, { sessionId, before, hash }: Setting, place: FloorPlace): Promise<PrunePlan> => {
  const history = new History();
  for await (const sealed of readLog(store, sessionId, before?.seq ?? -1)) {
    if (sealed.seq > place.seq) break;
    const event = decodeEvent(sealed);
    if (event !== null) history.apply(await inlineBlobs(event, (name) => store.blob(name)));
  }
  const messages: FrozenMessage[] = [];
  let messagesHash = before?.messagesHash ?? genesisHash;
  for (const message of history.messages) {
    const frozen = freezeMessage(message, messagesHash, hash);
    messages.push(frozen);
    messagesHash = frozen.hash;
  }
  return { floor: { ...place, messagesHash }, expected: before?.seq ?? null, messages };
};
