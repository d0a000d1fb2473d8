import { stricterReplay } from "./stricter-replay.ts";

import type { CallVerdict } from "../../event/execution-events.ts";
import type { ReplayPolicy } from "../../event/tool-events.ts";

/** What a continuation consents to: the conversation alone (a new prompt), or also what was stopped in it. */
export type Consent = "conversation" | "everything";

/** A tool, as far as it decides what becomes of a call. */
export interface ReplayTerms {
  readonly replay: ReplayPolicy;
  readonly definition: string;
}

/** An open call, and what is registered under its name today. */
export interface OpenCall {
  readonly state: "called" | "begun";
  /** Whether its provider was to run it: nobody here ever does. */
  readonly isHosted: boolean;
  /** Of the definition that was advertised; absent where none was. */
  readonly advertised: string | undefined;
  /** What `tool.begun` recorded, for a call that had begun. */
  readonly begun: ReplayTerms | undefined;
  /** Today's tool of that name, if there is one. */
  readonly today: ReplayTerms | undefined;
}

/** A verdict, or `probe`: the call's tool has to look first, and `probeVerdict` decides by what it finds. */
export type CallForecastVerdict = CallVerdict | "probe";

/**
 * What recovery does with an open call. Never the same ambiguous effect twice: what becomes of a begun call is for the stricter of the
 * policy that was recorded and the one of today, and only where the definition is the same (laws, "Replaying tools").
 */
export const callVerdict = (call: OpenCall, consent: Consent): CallForecastVerdict => {
  if (call.isHosted) return "unanswered";
  if (call.state === "called") {
    if (consent === "conversation") return "cancelled";
    // A call of a tool that was never advertised runs from the top too, and is refused there as unknown.
    return call.today?.definition === call.advertised ? "run" : "stale";
  }
  const { begun, today } = call;
  if (begun === undefined || today === undefined || begun.definition !== today.definition) return "unknown";
  const verdict = ofBegun[stricterReplay(begun.replay, today.replay)];
  // To look changes nothing; to repeat is for whoever consents to what was stopped.
  return verdict === "repeat" && consent === "conversation" ? "unknown" : verdict;
};

const ofBegun: Readonly<Record<ReplayPolicy, CallForecastVerdict>> = {
  never: "unknown",
  probe: "probe",
  keyed: "repeat",
  safe: "repeat",
};
