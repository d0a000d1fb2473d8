import { inCore, inFacadeContract, inRunner, inTorture } from "../proof.ts";

import type { LawSection } from "./law.ts";

export const consent: LawSection = {
  title: "Consent, wakes, ends",
  laws: [
    {
      holds: "Without a claim, whoever committed an input, an answer or a request starts the work",
      provedBy: [
        ...inTorture(
          "tail/wake",
          "a wake from another process that lands while the owner is ending its execution is not lost",
        ),
        ...inRunner(
          "asks-rest.test",
          "the runtime that rested with an ask goes on by itself when its own user answers later",
        ),
      ],
    },
    {
      holds: "With another's claim, it watches until that is taken or the claim is dead, and then takes over",
      provedBy: [
        ...inRunner(
          "laws-wakes.test",
          "a prompt beside a living owner is watched by the process that admitted it, which takes over where that owner dies before it took it",
        ),
        ...inRunner(
          "asks.proc.test",
          "an answer that reaches a living owner is taken up by the process which gave it, where that owner dies before it heard of it",
        ),
      ],
    },
    {
      holds: "An execution ends as completed only where no input is promotable",
      provedBy: inCore("project.test", "completion while awake input waits"),
    },
    {
      holds: "A failure or an interruption leaves earlier inputs pending until the next prompt or resume",
      provedBy: [
        ...inRunner("waits.test", "for a failure that leaves inputs in the inbox is told of it"),
        ...inRunner(
          "interrupt-points.test",
          "during %s ends the execution once, keeps the inbox, and leaves no process of a call",
        ),
      ],
    },
    {
      holds: "What is admitted after the request to interrupt, or after the failing end, starts a new execution",
      provedBy: [
        ...inRunner("waits.test", "writes nothing, and an input that came between the two is answered"),
        ...inCore("decide.test", "after %j, an input at %i: %s"),
      ],
    },
    {
      holds: "An input with `resume: false` is not promotable until it is woken",
      provedBy: inFacadeContract(
        "prompts",
        "an input with resume: false is recorded without waking, and answered after resume",
      ),
    },
    {
      holds: "A new prompt on a parked session is consent to the conversation, not to what was stopped",
      provedBy: [
        ...inRunner("recovery.test", "$call: $by $does"),
        ...inCore(
          "replay.test",
          "repeats a begun call only where both policies allow it, for the same tool, with consent to it",
        ),
      ],
    },
    {
      holds: "An interruption names the open execution; with none, nothing is written",
      provedBy: [
        ...inRunner("interrupt-points.test", "during an admission finds nothing that runs, and the input is answered"),
        ...inFacadeContract(
          "resting",
          "an interruption stops the stream, keeps what had arrived and the inbox, and is nothing where nothing runs",
        ),
      ],
    },
    {
      holds: "Whoever takes an interrupted execution obeys before anything runs",
      provedBy: inRunner(
        "stopping.test",
        "an interruption that comes while a take-over sets its plugins up is obeyed before anything runs",
      ),
    },
    {
      holds: "Whoever asks for an interruption takes a dead or absent claim only to settle and end",
      provedBy: inRunner(
        "laws-wakes.test",
        "whoever asks for an interruption takes an execution over only to settle and end it, where its owner is %s",
      ),
    },
    {
      holds: '`wait` and `until: "idle"` end at the first rest at or after the cursor, and say which it is',
      provedBy: [
        ...inRunner("laws-wakes.test", "wait, and a reader until idle by its notice, say how a session came to rest"),
        ...inRunner("readers.test", "ends at a completion that was read, whatever began after it"),
        ...inRunner("unclaimed.test", "inputs that nobody takes up are parked after 2 s of it (%s)"),
        ...inFacadeContract(
          "asking",
          "what the rules ask for waits for a person: the session rests as asking, shows what is asked, and goes on once that is approved",
        ),
        ...inFacadeContract(
          "resting",
          "a provider that refuses fails the execution with its class, and the next prompt starts anew with what is pending",
        ),
        ...inFacadeContract(
          "changes",
          "a session that was deleted is gone for good: its readers and waiters are told, and every other method says so",
        ),
        ...inFacadeContract(
          "transfer",
          "a session that is exported and imported elsewhere is the same there, word for word, and takes nothing until it is released",
        ),
      ],
    },
    {
      holds:
        "`recovery()` says none, running, unproven, asking, parked, unclaimed or replica, and what going on would do",
      provedBy: [
        ...inRunner("ownership.test", "%s is unproven until a renewal of it was seen"),
        ...inRunner(
          "recovery-forecast.test",
          "tells what would be run again, what is unknown and what would be looked at, without looking",
        ),
        ...inRunner(
          "replicas.test",
          "runs nothing, whatever waits in it and whatever the policy is, until it is released; then what waits is discovered",
        ),
        ...inRunner(
          "laws-last-event.test",
          "after ask.opened it rests: nothing is written, and the claim is left alone",
        ),
      ],
    },
    {
      holds: "A replayed retry wakes only for its own pending input",
      provedBy: inRunner(
        "laws-wakes.test",
        "a retry of an input that was promoted wakes nothing: what a failure left in the inbox stays there",
      ),
    },
  ],
};
