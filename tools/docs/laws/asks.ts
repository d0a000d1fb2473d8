import { inCore, inFacadeContract, inRunner } from "../proof.ts";

import type { LawSection } from "./law.ts";

export const asks: LawSection = {
  title: "Asks",
  laws: [
    {
      holds: "A session rests when its stream has ended and each unsettled call waits for an ask",
      provedBy: inCore("asking.test", "rests as asking, whatever waits in its inbox: owner %s"),
    },
    {
      holds: "After 60 s of rest the owner gives the claim up without an event, and drops the calls",
      provedBy: inRunner(
        "laws-asks.test",
        "a session that asks gives its claim up after 60 s of rest, without an event, and not before",
      ),
    },
    {
      holds: "An answer is consent: whoever gave it claims, counts no recovery, and runs those calls from the top",
      provedBy: inRunner(
        "asks-rest.test",
        "a session that has asked for long gives its claim up without an event, and goes on in whatever process answers, as no recovery",
      ),
    },
    {
      holds: "An ask is the same for the same call and the same content, and else another one",
      provedBy: [
        ...inCore("asking.test", "is the same for the same call, input and content, however its object was made"),
        ...inRunner(
          "asks-again.test",
          "an answer is for what was shown: where a call would do something else when it runs again, that is asked anew",
        ),
      ],
    },
    {
      holds: "What was answered, or is open, is not asked again",
      provedBy: [
        ...inRunner("asks-calls.test", "a tool that %s is asked for once, and runs after the answer"),
        ...inCore("project.test", "a second ask of one identity"),
      ],
    },
    {
      holds: "To settle a call ends its asks, in the same commit",
      provedBy: [
        ...inRunner("laws-asks.test", "whatever settles a call ends its asks in the same commit"),
        ...inCore("project.test", "the outcome of a call whose ask is open"),
      ],
    },
    {
      holds: "Answer, expiry and cascade hold only for an ask that is open",
      provedBy: [
        ...inCore("project.test", "a second answer", "an answer after the ask expired", "expiry of what was answered"),
        ...inFacadeContract(
          "asking",
          "a denial reaches the model with what the user said, and ends the session's other permission asks with it",
        ),
      ],
    },
    {
      holds: "An input answers no ask; its receipt names those that it waits behind, and `dismissAsks` ends them first",
      provedBy: inFacadeContract(
        "asking-ends",
        "a prompt never answers an ask: it waits behind it, as its receipt says, and is promoted once the ask is answered",
        "a prompt with dismissAsks ends what is asked, in the same commit: the calls are not run, and the conversation goes on",
      ),
    },
  ],
};
