import type { CallVerdict } from "../../event/execution-events.ts";
import type { Consent } from "./call-verdict.ts";

/** What a probe found. */
export type Found = "happened" | "not" | "partial" | "unknown";

/** What a probe's finding is judged by. */
export interface ProbeTerms {
  readonly consent: Consent;
  /** Whether the very process that had begun the call is proven gone: one that only stands still may act after the probe has looked. */
  readonly isOwnerGone: boolean;
  /** Whether there is a person to ask. */
  readonly canAsk: boolean;
}

/**
 * What becomes of a begun call whose tool has looked. That it happened is so, whoever lives. That it did not is true only for as long as
 * nobody can still do it. Everything else is for a person; where there is none, or where the conversation goes on without what
 * was stopped, it is unknown.
 */
export const probeVerdict = (found: Found, { consent, isOwnerGone, canAsk }: ProbeTerms): CallVerdict => {
  if (found === "happened") return "happened";
  if (found === "not" && isOwnerGone) return consent === "everything" ? "repeat" : "cancelled";
  return consent === "everything" && canAsk ? "asked" : "unknown";
};
