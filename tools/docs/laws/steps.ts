import { inCore, inRunner } from "../proof.ts";

import type { LawSection } from "./law.ts";

export const steps: LawSection = {
  title: "Attempts and steps",
  laws: [
    {
      holds:
        "An attempt's end is committed with its last block, so that the log tells a complete answer from a cut one",
      provedBy: inRunner(
        "charges.test",
        "what an attempt used is counted in one commit with its last block, and where it had no calls with the end of its step",
      ),
    },
    {
      holds: "An attempt records what it is made of: the same request is built again from the log",
      provedBy: inRunner("model-mapping.test", "shows the model the same bytes, and has the hash that was recorded"),
    },
    {
      holds:
        "The baseline of the system context stays byte for byte the same within an epoch, in every process; what changes is one message in its place",
      provedBy: inRunner(
        "system-context.test",
        "stays byte for byte the same over changes, restarts and a pruning, and follows the agent's instructions",
      ),
    },
    {
      holds: "A source that is unavailable keeps what it told last; one that is gone is told to be gone, once",
      provedBy: [
        ...inRunner(
          "context.property.test",
          "shows a model what a plain telling shows, in 200 histories of changes, removals, failures, compactions, moves, prunings and restarts",
        ),
        ...inRunner(
          "context-sources.test",
          "that hangs keeps what it told last, delays one step by 5 s, and no step after it until it answers",
        ),
      ],
    },
    {
      holds:
        "No session is told of more than 128 sources, however many plugins register, and what is left out is reported",
      provedBy: inRunner(
        "context-sources.test",
        "that is one too many is told once there is room, which is reported once; and all of them may go at once",
      ),
    },
    {
      holds: "Budgets count attempts; one that was killed counts its estimate",
      provedBy: inRunner(
        "budgets.test",
        "an attempt that was killed with its process counts in the budget of whoever goes on, by its estimate",
      ),
    },
    {
      holds: "Blocks and calls carry their position in the message",
      provedBy: [
        ...inRunner(
          "laws-steps.test",
          "blocks and calls carry their position in the message, in the order in which the model made them",
        ),
        ...inCore("project.test", "a second block at one position"),
      ],
    },
    {
      holds: "A step's promotions, start and first attempt are one commit",
      provedBy: inRunner(
        "laws-steps.test",
        "a promotion, the start of its step and the step's first attempt share one commit, and in the first step the execution's start",
      ),
    },
    {
      holds: "The last step ends in one commit with its execution, where that may end",
      provedBy: inRunner(
        "laws-steps.test",
        "the last step's end is committed with its execution's; where an input came meanwhile, with the step that promotes it",
      ),
    },
    {
      holds:
        "The outcome of a step's last call is committed with the start of the next step, or before where that is not ready",
      provedBy: [
        ...inRunner(
          "laws-steps.test",
          "the outcome of a step's last call is committed with the start of the step that shows it, and each one before it alone",
          "an outcome waits for nothing: where the start of the next step takes its time, it is durable before, and shown all the same",
        ),
        ...inRunner(
          "pairing.property.test",
          "is the same before an outcome is in the log as after it, where the outcome is foreseen",
        ),
      ],
    },
    {
      holds: "A cut block keeps what arrived; cut reasoning is not shown to a provider again",
      provedBy: [
        ...inRunner(
          "model-failures.test",
          "what had arrived is kept and marked as cut, and reasoning that was whole is not",
        ),
        ...inRunner("model-mapping.test", "cut reasoning and empty blocks are not shown, and cut text is"),
      ],
    },
    {
      holds: "Strings are made well-formed before they are sealed",
      provedBy: [
        ...inRunner("laws-steps.test", "a text that is cut in mid-emoji is kept, and sealed well-formed"),
        ...inCore(
          "well-formed.test",
          "gives what can be sealed, whatever lone surrogates there are, and changes nothing else",
        ),
      ],
    },
    {
      holds: "A provider's retry-after counts up to 15 minutes",
      provedBy: inCore(
        "retry.test",
        "waits as long as the provider asked, up to 15 minutes, and never less than its own pause",
      ),
    },
    {
      holds: "A delay that a crash interrupted goes on with its rest",
      provedBy: inRunner(
        "retry-stopped.test",
        "goes on with its rest in the next process, and no longer than it was where a clock was set back",
      ),
    },
    {
      holds: "Deadlines cover `prepare` and `execute`",
      provedBy: inRunner("tools-that-misbehave.test", "a deadline ends $name, and the model goes on"),
    },
    {
      holds: "A call that waits for a person holds no place, and its deadline stands",
      provedBy: inRunner(
        "asks-calls.test",
        "all calls of a step may wait for a person at once; none of them holds a place, and their deadlines do not run",
      ),
    },
    {
      holds: "A step runs at most 128 calls",
      provedBy: inRunner(
        "model-calls.test",
        "of more calls than a step may have, the first are run and the others are settled as over budget",
      ),
    },
    {
      holds: "A begun call that ignores its signal is unknown 5 s after it, and what it returns later is dropped",
      provedBy: inRunner(
        "tools-that-misbehave.test",
        "one that ignores its signal is settled as unknown 5 s after an interruption, and not before",
        "what one returns after it was given up is dropped",
      ),
    },
    {
      holds: "A store that fails after an effect is tried again while the claim holds; then it is a crash",
      provedBy: inRunner(
        "laws-steps.test",
        "a settlement that the store does not take is tried again while the claim holds; then the work stops, is reported once, and recovery takes it for a crash",
      ),
    },
  ],
};
