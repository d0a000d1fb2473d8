import type { EventDraft } from "@holdfast/core/event";
import type { ClaimChange, CommitPlan, Fence } from "@holdfast/core/store";
import type { Drafts } from "./drafts.ts";

type Take = ClaimChange & { readonly action: "take" };

/** A plan that creates the session. */
export const createPlan = (drafts: Drafts, data?: Parameters<Drafts["sessionCreated"]>[0]): CommitPlan => ({
  sessionId: drafts.sessionId,
  events: [drafts.sessionCreated(data)],
  expectedSeq: -1,
});

/** A plan that admits the turn's input, with the check of its identity. */
export const admitPlan = (drafts: Drafts, data?: Parameters<Drafts["admitted"]>[0], inboxLimit = 1_000): CommitPlan => {
  const event = drafts.admitted(data);
  const { messageId, idempotencyKey, payloadHash } = event.data;
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  return { sessionId: drafts.sessionId, events: [event], admission: { messageId, payloadHash, inboxLimit, ...key } };
};

/** What takes a claim that nobody ever had; `expected` is the row that was read where somebody had. */
export const takeClaim = (drafts: Drafts, expected: Take["expected"] = null): Take => ({
  action: "take",
  owner: drafts.ownerId,
  fence: (expected?.fence ?? 0) + 1,
  recoveries: 0,
  expected,
});

/** A plan that starts an execution under a new claim, with whatever else shares the commit. */
export const startPlan = (
  drafts: Drafts,
  more: readonly EventDraft[] = [],
  expected: Take["expected"] = null,
): CommitPlan => ({
  sessionId: drafts.sessionId,
  events: [drafts.started(), ...more],
  claim: takeClaim(drafts, expected),
});

/** A plan of the owner's, under its claim. */
export const ownerPlan = (drafts: Drafts, events: readonly EventDraft[], fence = 1): CommitPlan => ({
  sessionId: drafts.sessionId,
  events,
  fence: { owner: drafts.ownerId, fence },
});

/** A plan that ends the turn's execution and releases its claim. */
export const endPlan = (drafts: Drafts, fence: Fence = { owner: drafts.ownerId, fence: 1 }): CommitPlan => ({
  sessionId: drafts.sessionId,
  events: [drafts.ended()],
  fence,
  claim: { action: "release" },
});

/** The events of one whole turn with one call, between `execution.started` and `execution.ended`. */
export const turnEvents = (drafts: Drafts): readonly EventDraft[] => [
  drafts.promoted(),
  drafts.stepStarted(),
  drafts.attemptStarted(),
  drafts.text(),
  drafts.called(),
  drafts.begun(),
  drafts.attemptEnded({ finish: "tool-calls" }),
  drafts.settled(),
  drafts.stepEnded({ finish: "tool-calls" }),
];
