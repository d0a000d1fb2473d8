import type { OwnerId } from "../../ids/id.ts";
import type { ClaimChange } from "../../store/claim.ts";
import type { SessionSnapshot } from "../../store/reads.ts";

/** Recoveries in a row without progress after which an execution is ended as failed. */
export const recoveryLimit = 10;

type View = Pick<SessionSnapshot, "claim" | "owner" | "progressSeq">;

/**
 * The taking of a session's claim from the very row that was read: a new fence, and a count of the recoveries in a row that saw no
 * settled call or ended step. `recovering` is false for a new execution, and for one that a person's answer takes up.
 */
export const takeClaim = (
  { claim, owner, progressSeq }: View,
  taker: OwnerId,
  recovering: boolean,
): ClaimChange & { readonly action: "take" } => {
  const earlier = claim === null || progressSeq > claim.takenSeq ? 0 : claim.recoveries;
  return {
    action: "take",
    owner: taker,
    fence: (claim?.fence ?? 0) + 1,
    recoveries: recovering ? earlier + 1 : 0,
    expected:
      claim === null
        ? null
        : { owner: claim.owner, fence: claim.fence, counter: owner === null ? null : owner.counter },
  };
};
