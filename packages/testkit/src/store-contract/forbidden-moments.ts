import type { EventDraft } from "@holdfast/core/event";
import type { Drafts } from "../drafts/drafts.ts";

interface ForbiddenMoment {
  readonly title: string;
  /** Events of the execution before, after `execution.started`. One input is admitted. */
  readonly before: (d: Drafts) => readonly EventDraft[];
  readonly event: (d: Drafts) => EventDraft;
}

const question = { question: "Which?", options: [], multiple: false, custom: true };
const step = (d: Drafts) => [d.stepStarted()];
const attempt = (d: Drafts) => [...step(d), d.attemptStarted()];
const called = (d: Drafts) => [...attempt(d), d.called()];
const settled = (d: Drafts) => [...called(d), d.begun(), d.settled()];
const nothing = () => [];

/** An ask of the execution itself, which no call waits for. */
const askBudget = (d: Drafts): EventDraft => {
  const { callId: _none, ...data } = d.askOpened().data;
  return { ...d.askOpened(), data: { ...data, shown: { kind: "budget", limit: "cost", used: 2, allowed: 1 } } };
};

/** What may not happen after what: each is valid by its type, and refused by the condition that it carries. */
export const forbiddenMoments: readonly ForbiddenMoment[] = [
  { title: "to create a session twice", before: nothing, event: (d) => d.sessionCreated() },
  { title: "to admit a message twice", before: nothing, event: (d) => d.admitted() },
  { title: "to promote an input twice", before: (d) => [d.promoted()], event: (d) => d.promoted() },
  { title: "to promote what was never admitted", before: nothing, event: (d) => d.turn(2).promoted() },
  {
    title: "to promote what was only recorded",
    before: (d) => [d.turn(2).admitted({ resume: false })],
    event: (d) => d.turn(2).promoted(),
  },
  { title: "to start a second execution", before: nothing, event: (d) => d.turn(2).started() },
  { title: "to recover an execution that is not open", before: nothing, event: (d) => d.turn(2).recovered() },
  { title: "to end an execution that is not open", before: nothing, event: (d) => d.turn(2).ended() },
  {
    title: "to end an execution with an open step",
    before: (d) => [d.promoted(), ...step(d)],
    event: (d) => d.ended(),
  },
  { title: "to complete an execution with woken input", before: nothing, event: (d) => d.ended() },
  {
    title: "to interrupt an execution that is not open",
    before: nothing,
    event: (d) => d.turn(2).interruptRequested(),
  },
  { title: "to start a step of no execution", before: nothing, event: (d) => d.turn(2).stepStarted() },
  {
    title: "to start a second step",
    before: step,
    event: (d) => d.turn(2).stepStarted({ executionId: d.executionId, index: 2 }),
  },
  { title: "to end a step with an open attempt", before: attempt, event: (d) => d.stepEnded() },
  {
    title: "to end a step with an open call",
    before: (d) => [...called(d), d.attemptEnded()],
    event: (d) => d.stepEnded(),
  },
  {
    title: "to fail a step with a begun call",
    before: (d) => [...called(d), d.begun(), d.attemptEnded()],
    event: (d) => d.stepFailed(),
  },
  { title: "to end a step twice", before: (d) => [...step(d), d.stepEnded()], event: (d) => d.stepEnded() },
  { title: "to start an attempt of no step", before: nothing, event: (d) => d.attemptStarted() },
  { title: "to start a second attempt", before: attempt, event: (d) => d.attemptStarted({ attempt: 2 }) },
  {
    title: "to start an attempt again",
    before: (d) => [...attempt(d), d.attemptEnded()],
    event: (d) => d.attemptStarted(),
  },
  { title: "to end an attempt that is not open", before: step, event: (d) => d.attemptEnded() },
  {
    title: "to end another attempt than the open one",
    before: attempt,
    event: (d) => d.attemptEnded({ attempt: 2 }),
  },
  { title: "a text of no attempt", before: step, event: (d) => d.text() },
  {
    title: "reasoning of an attempt that ended",
    before: (d) => [...attempt(d), d.attemptEnded()],
    event: (d) => d.reasoning(),
  },
  { title: "two blocks in one place", before: (d) => [...attempt(d), d.text()], event: (d) => d.reasoning() },
  { title: "a call of no step", before: nothing, event: (d) => d.called() },
  { title: "to call the same call twice", before: called, event: (d) => d.called({ position: 2 }) },
  { title: "to begin what was not called", before: attempt, event: (d) => d.begun() },
  {
    title: "to begin a call twice as the first time",
    before: (d) => [...called(d), d.begun()],
    event: (d) => d.begun(),
  },
  { title: "to begin a call as the second time first", before: called, event: (d) => d.begun({ attempt: 2 }) },
  { title: "to begin a settled call", before: settled, event: (d) => d.begun({ attempt: 2 }) },
  { title: "to complete a call that did not begin", before: called, event: (d) => d.settled() },
  { title: "to settle a call twice", before: settled, event: (d) => d.settled() },
  {
    title: "to stop a call that was settled",
    before: settled,
    event: (d) => d.settled({ outcome: { status: "stopped", reason: "cancelled", content: "" } }),
  },
  {
    title: "to replace an input of which there is another version",
    before: (d) => [d.replaced()],
    event: (d) => d.replaced(),
  },
  {
    title: "to withdraw an input of which there is another version",
    before: (d) => [d.replaced()],
    event: (d) => d.withdrawn(),
  },
  { title: "to replace what was promoted", before: (d) => [d.promoted()], event: (d) => d.replaced({ replaces: 3 }) },
  { title: "to replace what was never admitted", before: nothing, event: (d) => d.turn(2).replaced() },
  { title: "to promote what was withdrawn", before: (d) => [d.withdrawn()], event: (d) => d.promoted() },
  { title: "to withdraw an input twice", before: (d) => [d.withdrawn()], event: (d) => d.withdrawn({ withdraws: 3 }) },
  { title: "to ask about a call that is not there", before: attempt, event: (d) => d.askOpened() },
  {
    title: "to ask a question after the call began",
    before: (d) => [...called(d), d.begun()],
    event: (d) => d.askOpened({ shown: { kind: "question", tool: "note", questions: [question] } }),
  },
  {
    title: "to ask the same twice",
    before: (d) => [...called(d), d.askOpened()],
    event: (d) => d.askOpened({ askId: d.turn(2).askId }),
  },
  { title: "to answer what was never asked", before: called, event: (d) => d.askAnswered() },
  {
    title: "to answer twice",
    before: (d) => [...called(d), d.askOpened(), d.askAnswered()],
    event: (d) => d.askAnswered(),
  },
  {
    title: "to answer another thing than what was shown",
    before: (d) => [...called(d), d.askOpened()],
    event: (d) => d.askAnswered({ identity: "f".repeat(64) }),
  },
  {
    title: "to answer what has expired",
    before: (d) => [...called(d), d.askOpened(), d.askExpired()],
    event: (d) => d.askAnswered(),
  },
  {
    title: "to settle a call of which an ask is open",
    before: (d) => [...called(d), d.askOpened()],
    event: (d) => d.settled({ outcome: { status: "stopped", reason: "cancelled", content: "" } }),
  },
  {
    title: "to end an execution while it asks",
    before: (d) => [d.promoted(), askBudget(d)],
    event: (d) => d.ended(),
  },
  { title: "to move a session while an execution is open", before: nothing, event: (d) => d.sessionMoved() },
];
