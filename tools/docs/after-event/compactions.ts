import { runner } from "./shared-proofs.ts";

import type { AfterEvent } from "./after-event-row.ts";

const killed = {
  title: "a process that is killed right after $point leaves a session that goes on as if it had not been ($how)",
  file: `${runner}/compaction.proc.test.ts`,
};

/** After events of a compaction. */
export const compactions = {
  "compaction.started": {
    certain: "a request for a summary may have been made; its hash and the estimate of what it uses are known",
    recovery:
      "ends it as aborted, and charges the estimate. Whoever asked for it is not answered yet: again at the next boundary, where it is still due",
    provedBy: [killed],
  },
  "compaction.ended": {
    certain: "what the model is shown from now on in place of the older messages, and what the summary took",
    recovery: "goes on with the summary: the next step, or the next attempt of the step whose request was too long",
    provedBy: [killed],
  },
  "compaction.failed": {
    certain: "the model is shown what it was shown before, and what the request took",
    recovery: "goes on as the rest of the log says",
    provedBy: [killed],
  },
} as const satisfies Record<string, AfterEvent>;
