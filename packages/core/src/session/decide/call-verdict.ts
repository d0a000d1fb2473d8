import type { CallVerdict } from "../../event/execution-events.ts";
import type { ReplayPolicy } from "../../event/tool-events.ts";

/** What a continuation consents to: the conversation alone (a new prompt), or also what was stopped in it. */
export type Consent = "conversation" | "everything";

/** An open call, and what is registered under its name today. */
export interface OpenCall {
  readonly state: "called" | "begun";
  /** Of the definition that was advertised; absent where none was. */
  readonly advertised: string | undefined;
  /** What `tool.begun` recorded, for a call that had begun. */
  readonly begun: { readonly replay: ReplayPolicy; readonly definition: string } | undefined;
  /** Today's tool of that name, if there is one. */
  readonly today: { readonly replay: ReplayPolicy; readonly definition: string } | undefined;
}

/**
 * What recovery does with an open call. Never the same ambiguous effect twice: a begun call is repeated only where the policy that
 * was recorded and the one of today both say `safe`, and the definition is the same (laws, "Replaying tools").
 */
export const callVerdict = (call: OpenCall, consent: Consent): CallVerdict => {
  if (call.state === "called") {
    if (consent === "conversation") return "cancelled";
    // A call of a tool that was never advertised runs from the top too, and is refused there as unknown.
    return call.today?.definition === call.advertised ? "run" : "stale";
  }
  const repeatable =
    consent === "everything" &&
    call.begun?.replay === "safe" &&
    call.today?.replay === "safe" &&
    call.today.definition === call.begun.definition;
  return repeatable ? "repeat" : "unknown";
};
