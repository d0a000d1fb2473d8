import type { EventType } from "../../packages/core/src/event/catalogue.ts";
import type { Proof } from "./proof.ts";

/** What holds when an event is the last one before a crash. */
export interface AfterEvent {
  /** What may be assumed, whoever reads it. */
  readonly certain: string;
  /** What recovery does about it, once an owner is proven gone and somebody consented. */
  readonly recovery: string;
  readonly provedBy: readonly Proof[];
}

const runner = "packages/runner/test";
const kit = "packages/testkit/src";

const kill: Proof = {
  title: "a process that is killed right after any durable boundary loses nothing, repeats nothing, and is taken over",
  file: "torture/src/kill/kill.ts",
};
/** Given a log that ends so, what recovery adds to it. */
const follows: Proof = { title: "after $after it $does", file: `${runner}/laws-last-event.test.ts` };
/** What recovery does with what was last said to the inbox. */
const inbox: Proof = {
  title: "after what was last said to the inbox, recovery starts what is consented to, and leaves the rest unclaimed",
  file: `${runner}/laws-wakes.test.ts`,
};
const asksKilled: Proof = {
  title: "killed right after %s, a process loses neither the ask nor the call",
  file: `${runner}/asks.proc.test.ts`,
};
const effects: Proof = {
  title:
    "whatever kills a process, no effect of a tool is repeated that must not be, what recovery says of it is so, and no ask is lost",
  file: "torture/src/effects/effects.ts",
};
const openCall: Proof = { title: "$call: $by $does", file: `${runner}/recovery.test.ts` };
const charged: Proof = {
  title: "an attempt that was killed is charged the estimate that its beginning recorded, whoever ends it",
  file: `${runner}/charges.test.ts`,
};
const asRecorded: Proof = {
  title: "law 12 rebuilt: after each plan of a whole conversation the rows equal the log projected again",
  file: `${kit}/store-contract/projections.ts`,
};

/**
 * The law of crashes, event by event. The compiler asks for a line where the catalogue gains an event, and the check of links finds a test
 * that was renamed.
 */
export const afterEvent = {
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
  "execution.started": {
    certain:
      "somebody works on the session, under denies that bind every continuation. In one commit with its first step",
    recovery: "as the rest of the log says",
    provedBy: [kill, follows],
  },
  "execution.recovered": {
    certain: "what was trusted, every open call with its verdict, and what was looked at again; nothing has run since",
    recovery: "once more, counted",
    provedBy: [
      follows,
      {
        title: "ten without progress are tried, and the next one ends the execution as failed",
        file: `${runner}/recovery.test.ts`,
      },
    ],
  },
  "execution.ended": {
    certain: "nothing of the execution runs, and its claim is released",
    recovery: "nothing to do; what a failure or an interruption left in the inbox waits for a prompt or `resume()`",
    provedBy: [
      kill,
      { title: "after execution.ended there is nothing to do", file: `${runner}/laws-last-event.test.ts` },
      {
        title: "a claim is held in every commit until the one that ends its execution, and released by that",
        file: `${runner}/intent.test.ts`,
      },
    ],
  },
  "interrupt.requested": {
    certain: "the execution goes on with nothing",
    recovery: "settles what is open, and ends it as interrupted",
    provedBy: [
      {
        title: "after interrupt.requested it settles and ends as interrupted, before anything runs",
        file: `${runner}/laws-last-event.test.ts`,
      },
      {
        title:
          "whoever asks for an interruption takes an execution over only to settle and end it, where its owner is %s",
        file: `${runner}/laws-wakes.test.ts`,
      },
      {
        title: "an interruption that comes while a take-over sets its plugins up is obeyed before anything runs",
        file: `${runner}/stopping.test.ts`,
      },
    ],
  },
  "step.started": {
    certain: "which agent and model the step has. In one commit with its first attempt",
    recovery: "as `attempt.started`",
    provedBy: [kill, follows],
  },
  "step.ended": {
    certain: "every call of the step is settled, and its answer is whole. As a rule in one commit with what follows",
    recovery: "starts the next step, or ends the execution",
    provedBy: [kill, follows],
  },
  "step.failed": {
    certain: "every call of the step is settled, and why it came to nothing",
    recovery: "ends the execution, or goes on with the conversation",
    provedBy: [kill, follows],
  },
  "attempt.started": {
    certain: "a provider request may have been made; its hash, its tools and the estimate of what it uses are known",
    recovery:
      "ends the attempt as cut, and charges the estimate. A new one answers in the same message, or, where something of the answer was durable, in a new one after a request to continue",
    provedBy: [kill, follows, charged],
  },
  "attempt.ended": {
    certain: "whether the answer is complete, or where it was cut, and what it used",
    recovery: "takes up open calls first; then the step ends, or the attempt is made anew",
    provedBy: [kill, follows, charged],
  },
  "retry.scheduled": {
    certain: "the answer failed, and its request is to be made again",
    recovery: "takes up open calls, waits for the rest of the delay, and makes the next attempt",
    provedBy: [
      kill,
      follows,
      {
        title: "goes on with its rest in the next process, and no longer than it was where a clock was set back",
        file: `${runner}/retry-stopped.test.ts`,
      },
    ],
  },
  "text.ended": {
    certain: "what the reader was shown of this block",
    recovery: "the answer counts as cut: it is kept, and the next attempt continues in a new message",
    provedBy: [
      follows,
      {
        title: "keeps the partial answer; the model is asked to continue, and answers in a new message",
        file: `${runner}/retries.test.ts`,
      },
    ],
  },
  "reasoning.ended": {
    certain: "what the reader was shown of this block",
    recovery: "as `text.ended`; reasoning that was cut is not shown to the provider again",
    provedBy: [
      kill,
      follows,
      {
        title: "cut reasoning and empty blocks are not shown, and cut text is",
        file: `${runner}/model-mapping.test.ts`,
      },
    ],
  },
  "tool.called": {
    certain: "what the model asked for, and that nothing of it was done",
    recovery:
      "runs the call from the top, under the recorded denies and today's rules; settles it as stale where the tool is another one now, and as infrastructure where its provider was to run it",
    provedBy: [kill, effects, follows, openCall],
  },
  "tool.begun": {
    certain: "the effect may have happened, and what it would be",
    recovery:
      "by the stricter of the replay policies of then and now: `safe` and `keyed` begin again with the recorded effect, `probe` looks, `never` is unknown",
    provedBy: [
      kill,
      effects,
      openCall,
      { title: "recorded $recorded, $today today", file: `${runner}/laws-replay.test.ts` },
    ],
  },
  "tool.settled": {
    certain: "the call has its one outcome",
    recovery: "takes up the other open calls; then goes on as the attempt stands",
    provedBy: [kill, follows, { title: "a second outcome", file: "packages/core/test/project.test.ts" }],
  },
  "ask.opened": {
    certain: "what a person is shown, and that nothing of it is done before there is an answer",
    recovery: "rests as asking, whoever owns it; after a while its owner gives the claim up, without an event",
    provedBy: [
      kill,
      asksKilled,
      {
        title:
          "a pending permission survives SIGKILL of its process; answered from another one it goes on there, once, and only as it was shown",
        file: "packages/runner/test/asks.proc.test.ts",
      },
    ],
  },
  "ask.answered": {
    certain: "the one answer, and what it is for",
    recovery: "runs the call that waited for it from the top; counts no recovery",
    provedBy: [
      kill,
      effects,
      {
        title: "killed right after it had answered, a process loses nothing: policy %s",
        file: "packages/runner/test/asks.proc.test.ts",
      },
    ],
  },
  "ask.expired": {
    certain: "an answer comes too late, and why the ask is over",
    recovery: "settles the call that waited as refused, where its time passed",
    provedBy: [
      kill,
      {
        title: "killed right after an ask's time had passed, a process leaves a call that is refused, and never a wait",
        file: "packages/runner/test/asks.proc.test.ts",
      },
    ],
  },
} as const satisfies { readonly [T in EventType]: AfterEvent };
