import { boundOutcome } from "./bound-outcome.ts";
import { stopped } from "./call-outcomes.ts";
import { unanswered } from "./hosted-calls.ts";

import type { CallOutcome, CallVerdict, EventDataOf } from "@holdfast/core/event";
import type { JudgedCall } from "./judge-calls.ts";
import type { Kernel } from "./kernel.ts";

type Settle = (call: JudgedCall) => CallOutcome | undefined;

const settle: { readonly [V in CallVerdict]: Settle } = {
  run: () => undefined,
  repeat: () => undefined,
  asked: () => undefined,
  happened: ({ probed, word }) => (probed?.found === "happened" ? probed.outcome : word),
  unanswered: () => unanswered,
  unknown: (call) => call.word ?? stopped("unknown-outcome", `The process that ran it ended. ${seen(call)}`),
  stale: () => stopped("stale-registration"),
  cancelled: ({ probed }) =>
    probed === undefined
      ? stopped("cancelled", "It was stopped before it began, and the conversation went on.")
      : stopped("cancelled", "It had begun, its tool has looked since, and nothing of it happened."),
};

/** The settlement of a call whose verdict is its end; none of one that is to run, or that waits for a person. */
export const settlementOf = async (
  { services }: Kernel,
  call: JudgedCall,
): Promise<readonly EventDataOf<"tool.settled">[]> => {
  const outcome = settle[call.verdict](call);
  if (outcome === undefined) return [];
  const { sessionId, callId, begun } = call.row;
  const { store, logger } = services;
  const place = { sessionId, callId, attempt: Math.max(1, begun) };
  return [{ callId, outcome: await boundOutcome(outcome, { place, store, logger }) }];
};

const seen = ({ probed }: JudgedCall): string => {
  if (probed === undefined || probed.found === "happened") return "";
  const found = {
    not: "Its tool has looked since, and saw nothing of it; but the process may still have been at work.",
    partial: "Its tool has looked since: a part of it happened.",
    unknown: "Its tool has looked since, and could not tell.",
  }[probed.found];
  return probed.detail === undefined ? found : `${found} ${probed.detail}`;
};
