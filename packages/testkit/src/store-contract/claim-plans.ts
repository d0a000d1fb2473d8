import { takeClaim } from "../drafts/plans.ts";

import type { OwnerId } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { ClaimChange, CommitPlan, Fence, OwnerRecord } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";

type Take = ClaimChange & { readonly action: "take" };

/** The identity of a runtime by that name. */
export const ownerNamed = (name: string): OwnerId => `own_${name}` as OwnerId;

/** A runtime as it makes itself known. */
export const recordOf = (ownerId: OwnerId): Omit<OwnerRecord, "counter"> => ({
  ownerId,
  runtime: "test",
  host: "host",
  boot: "boot",
  pidNamespace: null,
  pid: 4_711,
  startTime: null,
});

/** A plan that takes the claim: as its first owner with fence 1, where it is not told otherwise. */
export const takePlan = (drafts: Drafts, take: Partial<Take> = {}, events: readonly EventDraft[] = []): CommitPlan => ({
  sessionId: drafts.sessionId,
  events,
  claim: { ...takeClaim(drafts), ...take },
});

/** A plan of an owner other than the drafts' own. */
export const planOf = (drafts: Drafts, fence: Fence, events: readonly EventDraft[]): CommitPlan => ({
  sessionId: drafts.sessionId,
  events,
  fence,
});
