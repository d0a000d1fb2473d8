import { blobsOf } from "../event/blobs-of.ts";
import { decodeEvent } from "../event/decode.ts";

import type { DurableEvent } from "../event/catalogue.ts";
import type { SealedEnvelope } from "../event/envelope.ts";
import type { Hash } from "../ports/hash.ts";
import type { Store } from "./store.ts";

/** What is wrong with what an event relies on beside the log. */
export type BesideFinding =
  | {
      readonly kind: "wrong-blob";
      readonly seq: number;
      readonly blob: string;
      readonly found: "nothing" | "another text";
    }
  | { readonly kind: "wrong-admission"; readonly seq: number; readonly found: string };

/** Checks what an event relies on beside the log: the texts that it refers to, and the identity under which it was admitted. */
export const verifyBeside = async (
  store: Store,
  sealed: SealedEnvelope,
  hash: Hash,
): Promise<readonly BesideFinding[]> => {
  const event = decodedOrNull(sealed);
  if (event === null) return [];
  const findings: BesideFinding[] = [];
  for (const blob of blobsOf(event)) {
    const text = await store.blob(blob);
    if (text === null) findings.push({ kind: "wrong-blob", seq: sealed.seq, blob, found: "nothing" });
    else if (hash(text) !== blob) findings.push({ kind: "wrong-blob", seq: sealed.seq, blob, found: "another text" });
  }
  if (event.type === "input.admitted") findings.push(...(await verifyAdmission(store, event)));
  return findings;
};

const verifyAdmission = async (
  store: Store,
  event: DurableEvent<"input.admitted">,
): Promise<readonly BesideFinding[]> => {
  const { messageId, payloadHash } = event.data;
  const row = await store.admission({ messageId });
  // A plan may admit without an identity, and an input that a fork copied has the identity of its source.
  if (row?.sessionId !== event.sessionId) return [];
  const found = `${row.seq} ${row.hash} ${row.payloadHash}`;
  const expected = `${event.seq} ${event.hash} ${payloadHash}`;
  return found === expected ? [] : [{ kind: "wrong-admission", seq: event.seq, found }];
};

// What cannot be decoded is a finding of the projections already.
const decodedOrNull = (sealed: SealedEnvelope): DurableEvent | null => {
  try {
    return decodeEvent(sealed);
  } catch {
    return null;
  }
};
