import { inCore, inRunner } from "../proof.ts";

import type { LawSection } from "./law.ts";

export const compactions: LawSection = {
  title: "Compaction",
  laws: [
    {
      holds: "Automatic compaction keeps every request under its model's limit, and takes nothing from the log",
      provedBy: inRunner(
        "compaction.test",
        "of 2,000 messages stays under the limit in every request, calls and results whole, and nothing of the log is lost",
      ),
    },
    {
      holds: "A conversation is cut between exchanges",
      provedBy: inCore(
        "choose-cut.property.test",
        "parts no words of a person from the answer to them, and no answer from its own attempts; an open step stays",
      ),
    },
    {
      holds: "A request that its provider finds too long is made again once, and then the failure stands",
      provedBy: inRunner(
        "compaction.test",
        "fails after one recovery where it is too long all the same, and never loops",
      ),
    },
    {
      holds: "A summary must make the next request smaller, and three in a row that come to nothing are the last",
      provedBy: [
        ...inCore("compaction.test", "takes none that makes it no smaller, and none that is empty"),
        ...inRunner(
          "compaction.test",
          "is seen and charged, the conversation goes on, and after three in a row none is made any more",
        ),
      ],
    },
    {
      holds: "Each request for a summary has an end and a charge of its own",
      provedBy: inRunner("compaction.test", "is made again like any request, each with an end and a charge of its own"),
    },
    {
      holds: "A request to compact is an input: admitted once, by any process, and answered at the next boundary",
      provedBy: inRunner(
        "compact-requests.test",
        "compacts a session at rest in an execution of its own, with what its summary is to heed, and says what became of the request",
        "is stopped by an interruption, stays in the inbox, and is done by the next resume",
      ),
    },
    {
      holds: "A compaction opens a new epoch of the system context, also within a step",
      provedBy: inRunner(
        "compaction-epochs.test",
        "opens a new epoch: the next step tells the system context as it is then, before the summary",
        "leaves out what was told before it of the system context, also where the message of that stays, and nothing after it",
        "within a step, where its request was too long, tells the attempt that comes after it the same",
      ),
    },
    {
      holds: "Plugins add to what a summary heeds and keeps, within its bound, and take nothing away",
      provedBy: inRunner(
        "compaction-hook.test",
        "shows plugins what is summarised and why, has it heed what they add beside what a person asked for, and tells what they keep word for word",
        "holds a summary to its bound with what plugins keep in it, and what they ask for to a part of its request",
      ),
    },
    {
      holds: "A summary outlives its event",
      provedBy: inRunner(
        "compact-requests.test",
        "goes with the session: into an export, an import and a fork, and past a pruning",
      ),
    },
  ],
};
