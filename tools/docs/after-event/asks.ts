import { kill, asksKilled, effects } from "./shared-proofs.ts";

import type { AfterEvent } from "./after-event-row.ts";

/** After events of an ask. */
export const asks = {
  "ask.opened": {
    certain: "what a person is shown, and that nothing of it is done before there is an answer",
    recovery: "rests as asking, whoever owns it; after a while its owner gives the claim up, without an event",
    provedBy: [
      kill,
      asksKilled,
      {
        title:
          "a pending permission survives SIGKILL of its process; answered from another one it goes on there, once, and only as it was shown",
        file: "packages/runner/test/asks.proc.test.ts",
      },
    ],
  },
  "ask.answered": {
    certain: "the one answer, and what it is for",
    recovery: "runs the call that waited for it from the top; counts no recovery",
    provedBy: [
      kill,
      effects,
      {
        title: "killed right after it had answered, a process loses nothing: policy %s",
        file: "packages/runner/test/asks.proc.test.ts",
      },
    ],
  },
  "ask.expired": {
    certain: "an answer comes too late, and why the ask is over",
    recovery: "settles the call that waited as refused, where its time passed",
    provedBy: [
      kill,
      {
        title: "killed right after an ask's time had passed, a process leaves a call that is refused, and never a wait",
        file: "packages/runner/test/asks.proc.test.ts",
      },
    ],
  },
} as const satisfies Record<string, AfterEvent>;
