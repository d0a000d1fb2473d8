import type { Consent, Wake } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";

/**
 * What a wake consents to. A new prompt goes on with the conversation, not with what was stopped; once it is promoted, what is open is
 * its own answer.
 */
export const consentOf = (wake: Wake, { inputs }: SessionSnapshot): Consent =>
  wake.kind === "prompt" && inputs.some(({ kind, awake, seq }) => kind === "prompt" && awake === 1 && seq <= wake.atSeq)
    ? "conversation"
    : "everything";

/** Inputs that were recorded without a wake, and that a resume consents to. */
export const recorded = ({ inputs }: SessionSnapshot, { kind, atSeq }: Wake) =>
  kind === "resume" ? inputs.filter(({ awake, seq }) => awake === 0 && seq <= atSeq) : [];
