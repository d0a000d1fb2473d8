import { askIdentity } from "@holdfast/core/session";
import { defineTool } from "@holdfast/core/tool";
import { sha256 } from "@holdfast/testkit";
import * as z from "zod";

import { calledCall, definitionOf } from "./left-log.ts";

import type { CallId } from "@holdfast/core";
import type { AskShown, EventDraft } from "@holdfast/core/event";
import type { Drafts } from "@holdfast/testkit";

/** A tool that is never repeated. */
export const act = defineTool({
  name: "act",
  description: "Has an effect.",
  input: z.object({}),
  output: z.string(),
  execute: () => "acted",
});

/** A step that was begun. */
export const begin = (drafts: Drafts): readonly EventDraft[] => [
  drafts.promoted(),
  drafts.stepStarted(),
  drafts.attemptStarted(),
];
/** A call that had not begun, of a complete answer. */
export const called = (drafts: Drafts): readonly EventDraft[] => [
  ...calledCall(drafts, act),
  drafts.attemptEnded({ finish: "tool-calls" }),
];
/** A call that had begun. */
export const begun = (drafts: Drafts): readonly EventDraft[] => [
  ...called(drafts),
  drafts.begun({ definition: definitionOf(act) }),
];
const other = "cal_other" as CallId;
const shown: AskShown = { kind: "permission", tool: "act", action: "act", resources: ["*"], always: ["*"] };
/** A call that asks for its permission. */
export const asked = (drafts: Drafts): readonly EventDraft[] => {
  const { callId } = drafts;
  return [...called(drafts), drafts.askOpened({ identity: identityOf(callId), shown, callId })];
};
/** What the answer to that ask is bound to. */
export const identityOf = (callId: CallId): string => askIdentity({ callId, input: "{}", shown }, sha256);

// What every good end of one more request looks like.
const answer = ["attempt.started", "text.ended", "attempt.ended", "step.ended", "execution.ended"];
const next = ["step.started", ...answer];
/** What follows once every call is settled. */
export const settledThenOn = ["step.ended", ...next];

/** What is given, and what follows. */
interface Row {
  readonly after: string;
  readonly does: string;
  readonly given: (drafts: Drafts) => readonly EventDraft[];
  readonly follows: readonly string[];
  readonly requests: number;
}

/** Each kind of last event, and what follows it. */
export const rows: readonly Row[] = [
  {
    after: "execution.started",
    does: "promotes and steps",
    given: () => [],
    follows: ["input.promoted", ...next],
    requests: 1,
  },
  {
    after: "execution.recovered",
    does: "promotes and steps",
    given: (drafts) => [drafts.recovered()],
    follows: ["input.promoted", ...next],
    requests: 1,
  },
  {
    after: "context.admitted with the start of its step",
    does: "ends the attempt as cut, and makes a new one",
    given: (drafts) => [drafts.promoted(), drafts.contextAdmitted(), ...begin(drafts).slice(1)],
    follows: ["attempt.ended", ...answer],
    requests: 1,
  },
  {
    after: "input.promoted, step.started, attempt.started",
    does: "ends the attempt as cut, and makes a new one",
    given: begin,
    follows: ["attempt.ended", ...answer],
    requests: 1,
  },
  {
    after: "text.ended without attempt.ended",
    does: "ends the attempt as cut, and makes a new one that continues",
    given: (drafts) => [...begin(drafts), drafts.text()],
    follows: ["attempt.ended", ...answer],
    requests: 1,
  },
  {
    after: "reasoning.ended without attempt.ended",
    does: "ends the attempt as cut, and makes a new one that continues",
    given: (drafts) => [...begin(drafts), drafts.reasoning()],
    follows: ["attempt.ended", ...answer],
    requests: 1,
  },
  {
    after: "attempt.ended of a complete answer",
    does: "ends the step and the execution, without a request",
    given: (drafts) => [...begin(drafts), drafts.text(), drafts.attemptEnded()],
    follows: ["step.ended", "execution.ended"],
    requests: 0,
  },
  {
    after: "retry.scheduled",
    does: "retries after the rest of the delay",
    given: (drafts) => [
      ...begin(drafts),
      drafts.attemptEnded({ status: "error", failure: { class: "overloaded", message: "Busy." } }),
      drafts.retryScheduled({ delayMs: 1 }),
    ],
    follows: answer,
    requests: 1,
  },
  {
    after: "tool.called of a complete answer",
    does: "runs the call from the top, then ends the step and goes on",
    given: called,
    follows: ["tool.begun", "tool.settled", ...settledThenOn],
    requests: 1,
  },
  {
    after: "tool.called of an attempt that was cut",
    does: "runs the call too, then makes the attempt again",
    given: (drafts) => calledCall(drafts, act),
    follows: ["attempt.ended", "tool.begun", "tool.settled", ...answer],
    requests: 1,
  },
  {
    after: "tool.begun",
    does: "goes by the replay policy, here never: unknown, then ends the step and goes on",
    given: begun,
    follows: ["tool.settled", ...settledThenOn],
    requests: 1,
  },
  {
    after: "tool.settled of one of two calls",
    does: "runs the other, then ends the step and goes on",
    given: (drafts) => [
      ...calledCall(drafts, act),
      drafts.called({ callId: other, position: 1, name: "act", definition: definitionOf(act) }),
      drafts.attemptEnded({ finish: "tool-calls" }),
      drafts.begun({ definition: definitionOf(act) }),
      drafts.settled(),
    ],
    follows: ["tool.begun", "tool.settled", ...settledThenOn],
    requests: 1,
  },
  {
    after: "tool.settled of the last call",
    does: "ends the step and goes on",
    given: (drafts) => [...begun(drafts), drafts.settled()],
    follows: settledThenOn,
    requests: 1,
  },
  {
    after: "step.ended with calls",
    does: "starts the next step",
    given: (drafts) => [...begun(drafts), drafts.settled(), drafts.stepEnded()],
    follows: next,
    requests: 1,
  },
  {
    after: "step.ended without calls",
    does: "ends the execution, without a request",
    given: (drafts) => [...begin(drafts), drafts.text(), drafts.attemptEnded(), drafts.stepEnded()],
    follows: ["execution.ended"],
    requests: 0,
  },
  {
    after: "step.failed",
    does: "ends the execution, without a request",
    given: (drafts) => [...begin(drafts), drafts.attemptEnded({ status: "error" }), drafts.stepFailed()],
    follows: ["execution.ended"],
    requests: 0,
  },
];
