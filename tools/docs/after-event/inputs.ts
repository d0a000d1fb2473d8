import { runner, kit, kill, follows, inbox, asRecorded } from "./shared-proofs.ts";

import type { AfterEvent } from "./after-event-row.ts";

/** After events of the inbox. */
export const inputs = {
  "input.admitted": {
    certain: "the input is in the inbox, once; nothing of it was sent",
    recovery: "starts an execution where the input may wake the session; else it stays in the inbox",
    provedBy: [
      kill,
      inbox,
      {
        title: "law 7 admitted once: a retry is known to a store opened anew",
        file: `${kit}/store-contract/admissions.ts`,
      },
    ],
  },
  "input.replaced": {
    certain: "the input is in the inbox with its new content, and the old one is shown to no model",
    recovery: "as `input.admitted`",
    provedBy: [
      asRecorded,
      inbox,
      {
        title: "and is replaced at that moment by another process is shown with its new content alone",
        file: `${runner}/boundary-races.test.ts`,
      },
    ],
  },
  "input.withdrawn": {
    certain: "the input is out of the inbox, and no model sees it",
    recovery: "nothing to do",
    provedBy: [
      asRecorded,
      inbox,
      {
        title: "and is withdrawn at that moment by another process is not shown",
        file: `${runner}/boundary-races.test.ts`,
      },
    ],
  },
  "input.promoted": {
    certain: "the input is in history. In one commit with the start of the step that shows it",
    recovery: "as `attempt.started`",
    provedBy: [kill, follows],
  },
} as const satisfies Record<string, AfterEvent>;
