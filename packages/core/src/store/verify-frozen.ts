import { genesisHash } from "../event/envelope.ts";
import { rowOfFrozen } from "./floor-rows.ts";
import { hashFrozen, thawMessage } from "./freeze-message.ts";
import { maxMessagesPerPage } from "./store.ts";

import type { MessageId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { Floor, FrozenMessage } from "./floor.ts";
import type { MessageRow } from "./rows.ts";
import type { Store } from "./store.ts";

/** What is wrong with the messages below a floor. */
export type FrozenFinding =
  | { readonly kind: "wrong-message"; readonly messageId: MessageId; readonly seq: number }
  | { readonly kind: "wrong-messages"; readonly expected: string; readonly found: string };

/** The frozen messages of a session, checked, and the rows that they must have. */
export const verifyFrozen = async (
  store: Store,
  floor: Floor,
  hash: Hash,
): Promise<{ readonly rows: readonly MessageRow[]; readonly findings: readonly FrozenFinding[] }> => {
  const rows: MessageRow[] = [];
  const findings: FrozenFinding[] = [];
  let before = genesisHash;
  for await (const message of frozenMessages(store, floor)) {
    const { messageId, seq } = message;
    if (hashFrozen(message, before, hash) !== message.hash || !isReadable(message)) {
      findings.push({ kind: "wrong-message", messageId, seq });
    }
    rows.push(rowOfFrozen(floor.sessionId, message));
    before = message.hash;
  }
  if (before !== floor.messagesHash) {
    findings.push({ kind: "wrong-messages", expected: floor.messagesHash, found: before });
  }
  return { rows, findings };
};

/** The messages at or below a floor, oldest first, page by page. */
export async function* frozenMessages(store: Store, { sessionId, seq }: Floor): AsyncGenerator<FrozenMessage> {
  for (let after = -1; ;) {
    const page = await store.history({ sessionId, after, limit: maxMessagesPerPage });
    // A floor that moved on meanwhile froze more, which are none of these.
    for (const message of page?.frozen ?? []) if (message.seq <= seq) yield message;
    after = page?.messages.at(-1)?.seq ?? seq;
    if (page === null || page.messages.length < maxMessagesPerPage || after >= seq) return;
  }
}

const isReadable = (message: FrozenMessage): boolean => {
  try {
    thawMessage(message);
    return true;
  } catch {
    // Only ever `store.corrupt`: that the value is not this message is the finding.
    return false;
  }
};
