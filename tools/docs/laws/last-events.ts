import { inRunner } from "../proof.ts";

import type { LawSection } from "./law.ts";

export const lastEvents: LawSection = {
  title: "Last durable event",
  laws: [
    {
      holds: "After what was last said to the inbox, what is consented to is started, and the rest is unclaimed",
      provedBy: inRunner(
        "laws-wakes.test",
        "after what was last said to the inbox, recovery starts what is consented to, and leaves the rest unclaimed",
      ),
    },
    {
      holds: "After each event of an execution, recovery goes by the table of [Boundaries](#boundaries)",
      provedBy: inRunner("laws-last-event.test", "after $after it $does"),
    },
    {
      holds: "A killed attempt is charged its estimate",
      provedBy: inRunner(
        "charges.test",
        "an attempt that was killed is charged the estimate that its beginning recorded, whoever ends it",
      ),
    },
    {
      holds:
        "A new attempt answers in the same message where nothing of the last was durable, else in a new one that continues",
      provedBy: inRunner(
        "dispose.test",
        "before anything had arrived lets another runtime ask again in the same message, without a request to continue",
        "keeps what had arrived as cut and gives the claim up; another runtime finishes in a new message after a request to continue",
      ),
    },
    {
      holds: "After an ask was opened, it rests",
      provedBy: inRunner(
        "laws-last-event.test",
        "after ask.opened it rests: nothing is written, and the claim is left alone",
      ),
    },
    {
      holds: "After a request to interrupt, it is settled and ended",
      provedBy: inRunner(
        "laws-last-event.test",
        "after interrupt.requested it settles and ends as interrupted, before anything runs",
      ),
    },
    {
      holds: "After an execution's end there is nothing to do",
      provedBy: inRunner("laws-last-event.test", "after execution.ended there is nothing to do"),
    },
  ],
};
