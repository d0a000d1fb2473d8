import { runner, kill, follows } from "./shared-proofs.ts";

import type { AfterEvent } from "./after-event-row.ts";

/** After events of an execution. */
export const executions = {
  "execution.started": {
    certain:
      "somebody works on the session, under denies that bind every continuation. In one commit with its first step",
    recovery: "as the rest of the log says",
    provedBy: [kill, follows],
  },
  "execution.recovered": {
    certain: "what was trusted, every open call with its verdict, and what was looked at again; nothing has run since",
    recovery: "once more, counted",
    provedBy: [
      follows,
      {
        title: "ten without progress are tried, and the next one ends the execution as failed",
        file: `${runner}/recovery.test.ts`,
      },
    ],
  },
  "execution.ended": {
    certain: "nothing of the execution runs, and its claim is released",
    recovery: "nothing to do; what a failure or an interruption left in the inbox waits for a prompt or `resume()`",
    provedBy: [
      kill,
      { title: "after execution.ended there is nothing to do", file: `${runner}/laws-last-event.test.ts` },
      {
        title: "a claim is held in every commit until the one that ends its execution, and released by that",
        file: `${runner}/intent.test.ts`,
      },
    ],
  },
  "interrupt.requested": {
    certain: "the execution goes on with nothing",
    recovery: "settles what is open, and ends it as interrupted",
    provedBy: [
      {
        title: "after interrupt.requested it settles and ends as interrupted, before anything runs",
        file: `${runner}/laws-last-event.test.ts`,
      },
      {
        title:
          "whoever asks for an interruption takes an execution over only to settle and end it, where its owner is %s",
        file: `${runner}/laws-wakes.test.ts`,
      },
      {
        title: "an interruption that comes while a take-over sets its plugins up is obeyed before anything runs",
        file: `${runner}/stopping.test.ts`,
      },
    ],
  },
} as const satisfies Record<string, AfterEvent>;
