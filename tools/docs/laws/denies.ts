import { inRunner } from "../proof.ts";

import type { LawSection } from "./law.ts";

export const denies: LawSection = {
  title: "Denies",
  laws: [
    {
      holds: "The rules for (tool, `*`) are asked for each call, right before it begins or begins again",
      provedBy: inRunner(
        "laws-asks.test",
        "today's rules for (tool, *) are asked for right before a call begins, and begins again",
      ),
    },
    {
      holds: "An execution's recorded denies bind every continuation, whatever rules the next process has",
      provedBy: [
        ...inRunner(
          "asks-approvals.test",
          "what an open execution recorded binds an answer that is given under looser rules",
        ),
        ...inRunner(
          "agents.test",
          "are added with the step that it comes with later, and bind the rest of the execution, whoever works then",
        ),
      ],
    },
    {
      holds: "Inherited denies are copied when a session is created or forked: deleting its parent lifts nothing",
      provedBy: [
        ...inRunner("updates.test", "and its child are bound by what denies the agents of their ancestors"),
        ...inRunner("deleted-sessions.test", "lifts nothing from its children: what denied it denies them"),
        ...inRunner(
          "fork.test",
          "denies that its source inherited bind a fork; the runtime that forks it adds none of its own",
        ),
      ],
    },
  ],
};
