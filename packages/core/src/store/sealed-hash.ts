import { sealEnvelope } from "../event/envelope.ts";

import type { SealedEnvelope } from "../event/envelope.ts";
import type { Hash } from "../ports/hash.ts";

/** The hash that an event should have; undefined where its data could never have been sealed. */
export const sealedHash = ({ hash: _sealed, ...envelope }: SealedEnvelope, hash: Hash): string | undefined => {
  try {
    return sealEnvelope(envelope, hash).sealed.hash;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
};
