import { inCore, inRunner, inSqlite, inStoreContract } from "../proof.ts";

import type { LawSection } from "./law.ts";

/** Beyond the numbered laws of the contract, which its suite names. */
export const stores: LawSection = {
  title: "Stores",
  laws: [
    {
      holds:
        "The numbered laws of the [`Store` contract](../packages/core/src/store/store.ts) hold for every store; testkit's suite has a test by each name",
      provedBy: inStoreContract(
        "projections",
        "law 12 rebuilt: after each plan of a whole conversation the rows equal the log projected again",
      ),
    },
    {
      holds:
        "A write that another process is in the way of is tried again as a whole, and then refused as busy; reads go on",
      provedBy: inSqlite(
        "write-lock.test",
        "%s waits until it is released",
        "%s is refused as busy when its time is over, and may be tried again",
        "does not keep reads waiting",
      ),
    },
    {
      holds: "Texts and approvals travel in their plan",
      provedBy: [
        ...inStoreContract(
          "collected",
          "law 20 collected: of prunings and commits at once, no event is left without its text",
        ),
        ...inStoreContract("asked", "law 21 asked: a plan that is refused saves no approval"),
      ],
    },
    {
      holds:
        "What a tool gives beside its text is kept with its event, and shown in the same request by whoever goes on",
      provedBy: inRunner(
        "media.test",
        "is shown again by another process, in the very same request",
        "goes with a fork, an export and an import, which verify, and stays when its events are pruned",
      ),
    },
    {
      holds: "A floor is an end at which nothing is open; it moves first, and removal follows in slices",
      provedBy: [
        ...inCore(
          "prune.property.test",
          "is the highest end at which nothing is open, and verification, rows and messages are what they were",
        ),
        ...inSqlite("prune.test", "that stops at %s shows the session whole, and is finished by the next"),
      ],
    },
    {
      holds: "A cursor to a place that holds another event is gone, never a skip",
      provedBy: inCore("cursor.test", "refuses a cursor whose place holds another event as gone"),
    },
    {
      holds:
        "A session is not deleted or moved while it works; its ID is never used again, and its tails end with its last event",
      provedBy: [
        ...inCore("project.test", "a move while an execution is open", "deletion while an execution is open"),
        ...inStoreContract("deleted", "law 22 deleted: identities stay, and are no other session's"),
        ...inRunner(
          "deleted-sessions.test",
          "ends the tail of a reader that had fallen behind with its last event, and no gap",
        ),
      ],
    },
    {
      holds: "A release settles what had begun as unknown, and ends the execution",
      provedBy: inRunner(
        "replicas.test",
        "that is released in the middle of a step settles every open call by how far it had come, and ends, under a greater fence",
      ),
    },
    {
      holds: "A store that another process upgraded is not written to any more",
      provedBy: inSqlite("upgraded.test", "is not written to any more, and read on where the upgrade allows it"),
    },
  ],
};
