import { runner, kill, follows, charged } from "./shared-proofs.ts";

import type { AfterEvent } from "./after-event-row.ts";

/** After events of a step. */
export const steps = {
  "context.admitted": {
    certain:
      "what the model is told of the system context from now on, word for word. In one commit with the step that shows it",
    recovery:
      "as `attempt.started`; the baseline of the epoch is sent as it is stored, whatever the sources say by now",
    provedBy: [kill, follows],
  },
  "step.started": {
    certain: "which agent and model the step has. In one commit with its first attempt",
    recovery: "as `attempt.started`",
    provedBy: [kill, follows],
  },
  "step.ended": {
    certain: "every call of the step is settled, and its answer is whole. As a rule in one commit with what follows",
    recovery: "starts the next step, or ends the execution",
    provedBy: [kill, follows],
  },
  "step.failed": {
    certain: "every call of the step is settled, and why it came to nothing",
    recovery: "ends the execution, or goes on with the conversation",
    provedBy: [kill, follows],
  },
  "attempt.started": {
    certain: "a provider request may have been made; its hash, its tools and the estimate of what it uses are known",
    recovery:
      "ends the attempt as cut, and charges the estimate. A new one answers in the same message, or, where something of the answer was durable, in a new one after a request to continue",
    provedBy: [kill, follows, charged],
  },
  "attempt.ended": {
    certain: "whether the answer is complete, or where it was cut, and what it used",
    recovery: "takes up open calls first; then the step ends, or the attempt is made anew",
    provedBy: [kill, follows, charged],
  },
  "retry.scheduled": {
    certain: "the answer failed, and its request is to be made again",
    recovery: "takes up open calls, waits for the rest of the delay, and makes the next attempt",
    provedBy: [
      kill,
      follows,
      {
        title: "goes on with its rest in the next process, and no longer than it was where a clock was set back",
        file: `${runner}/retry-stopped.test.ts`,
      },
    ],
  },
  "text.ended": {
    certain: "what the reader was shown of this block",
    recovery: "the answer counts as cut: it is kept, and the next attempt continues in a new message",
    provedBy: [
      follows,
      {
        title: "keeps the partial answer; the model is asked to continue, and answers in a new message",
        file: `${runner}/retries.test.ts`,
      },
    ],
  },
  "reasoning.ended": {
    certain: "what the reader was shown of this block",
    recovery: "as `text.ended`; reasoning that was cut is not shown to the provider again",
    provedBy: [
      kill,
      follows,
      {
        title: "cut reasoning and empty blocks are not shown, and cut text is",
        file: `${runner}/model-mapping.test.ts`,
      },
    ],
  },
} as const satisfies Record<string, AfterEvent>;
