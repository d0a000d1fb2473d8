import { runner, kit, asRecorded } from "./shared-proofs.ts";

import type { AfterEvent } from "./after-event-row.ts";

/** After events of a session. */
export const sessions = {
  "session.created": {
    certain: "the session is there, with the denies that it inherited",
    recovery: "nothing to do",
    provedBy: [asRecorded],
  },
  "session.updated": {
    certain: "the next step runs with what it says",
    recovery: "nothing to do",
    provedBy: [
      asRecorded,
      {
        title: "another model counts from the next step on, also of an execution that is running",
        file: `${kit}/facade-contract/changes.ts`,
      },
    ],
  },
  "session.moved": {
    certain: "no execution was open, and everything is resolved at the new Location from then on",
    recovery: "nothing to do",
    provedBy: [
      asRecorded,
      { title: "and is moved at that moment starts it where it moved to", file: `${runner}/boundary-races.test.ts` },
    ],
  },
  "session.deleted": {
    certain: "no execution was open; the ID and the identities of its inputs are never used again",
    recovery: "what is left over of the session is removed",
    provedBy: [
      asRecorded,
      {
        title:
          "a session that was deleted is gone for good: its readers and waiters are told, and every other method says so",
        file: `${kit}/facade-contract/changes.ts`,
      },
      {
        title: "whose removal was cut off at %s is removed when the store is opened anew",
        file: "packages/store-sqlite/test/delete.test.ts",
      },
    ],
  },
} as const satisfies Record<string, AfterEvent>;
