import { runner, kill, follows, effects, openCall } from "./shared-proofs.ts";

import type { AfterEvent } from "./after-event-row.ts";

/** After events of a call. */
export const calls = {
  "tool.called": {
    certain: "what the model asked for, and that nothing of it was done",
    recovery:
      "runs the call from the top, under the recorded denies and today's rules; settles it as stale where the tool is another one now, and as infrastructure where its provider was to run it",
    provedBy: [kill, effects, follows, openCall],
  },
  "tool.begun": {
    certain: "the effect may have happened, and what it would be",
    recovery:
      "by the stricter of the replay policies of then and now: `safe` and `keyed` begin again with the recorded effect, `probe` looks, `never` is unknown",
    provedBy: [
      kill,
      effects,
      openCall,
      { title: "recorded $recorded, $today today", file: `${runner}/laws-replay.test.ts` },
    ],
  },
  "tool.settled": {
    certain: "the call has its one outcome",
    recovery: "takes up the other open calls; then goes on as the attempt stands",
    provedBy: [kill, follows, { title: "a second outcome", file: "packages/core/test/project.test.ts" }],
  },
  "todo.updated": {
    certain: "the session's whole list of todos",
    recovery: "goes by the replay policy of the call that wrote it",
    provedBy: [openCall, { title: "todos of a call that is settled", file: "packages/core/test/project.test.ts" }],
  },
} as const satisfies Record<string, AfterEvent>;
