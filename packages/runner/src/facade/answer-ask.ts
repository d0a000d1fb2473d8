import { canonicalJson, HoldfastError, toCursor } from "@holdfast/core";
import { isUnanswered } from "@holdfast/core/session";
import { assertNotReplica } from "@holdfast/core/store";

import { expireAsk, isDue } from "../session/expire-asks.ts";
import { eventAt } from "../session/event-at.ts";
import { answersWith } from "./answers-with.ts";
import { sessionNotFound } from "./arguments.ts";
import { askRefusals } from "./ask-refusals.ts";
import { misfitOf } from "./misfit-of.ts";

import type { AnswerReceipt } from "@holdfast/core";
import type { AskShown } from "@holdfast/core/event";
import type { Wake } from "@holdfast/core/session";
import type { AskRow, Change, CommitResult, SessionSnapshot } from "@holdfast/core/store";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";
import type { Answer } from "./answer.ts";
import type { AnsweredWith } from "./answers-with.ts";

/** How often others may be in the way of one answer: each time something of the session's asks changed meanwhile. */
const tries = 50;
const races: ReadonlySet<string> = new Set(["store.condition-failed", "store.sequence-conflict"]);

/**
 * Answers an ask in one commit: with what a denial ends and an approval covers, with the approvals that are saved, and with the request to
 * interrupt where a question is dismissed. The answer is consent: this process goes on with it where no living one does.
 */
export const answerAsk = async (kernel: Kernel, coordinator: Coordinator, answer: Answer): Promise<AnswerReceipt> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await answerOnce(kernel, coordinator, answer);
    } catch (error) {
      // Somebody answered, or ended, one of the asks since they were read: it is looked again which.
      if (attempt >= tries || !HoldfastError.isInstance(error) || !races.has(error.code)) throw error;
    }
  }
};

const answerOnce = async (kernel: Kernel, coordinator: Coordinator, answer: Answer): Promise<AnswerReceipt> => {
  const { store } = kernel.services;
  const { sessionId, askId } = answer;
  const snapshot = await store.snapshot(sessionId);
  if (snapshot === null) throw sessionNotFound(sessionId);
  assertNotReplica({ sessionId, events: [] }, snapshot.replica);
  const [row] = await store.asks({ sessionId, askId, limit: 1 });
  if (row === undefined) throw askRefusals.notFound(answer);
  if (row.identity !== answer.identity) throw askRefusals.changed(answer, row);
  if (row.state !== "open") {
    const receipt = await replayed(kernel, row, answer);
    // Whoever gave it may have died before it went on with it. A retry is as good a word, but none to what came of it since.
    const again = wakeOf(answer, { atSeq: row.closedSeq ?? -1, answered: [row] });
    const isOpen = snapshot.execution?.executionId === row.executionId && snapshot.execution.state === "open";
    if (isOpen && (isStop(answer) || isUnanswered(snapshot, again))) coordinator.wake(sessionId, again);
    return receipt;
  }
  const shown = await assertAnswerable(kernel, { snapshot, row, answer });
  const withIt = await answersWith(kernel, { snapshot, row, shown, answer });
  const result = await commitAnswer(kernel, { snapshot, row, answer, withIt });
  const answered = [row, ...withIt.alsoAnswered];
  coordinator.wake(sessionId, wakeOf(answer, { atSeq: result.head.seq, answered }));
  const [first] = result.status === "committed" ? result.events : [];
  return {
    sessionId,
    askId,
    cursor: toCursor(store.storeId, first ?? { sessionId, ...result.head }),
    replayed: false,
    alsoAnswered: withIt.alsoAnswered.map((ask) => ask.askId),
    alsoExpired: withIt.alsoExpired.map((ask) => ask.askId),
  };
};

/** What an open ask shows, where the answer is one to it and somebody will look at it. */
const assertAnswerable = async (
  kernel: Kernel,
  { snapshot, row, answer }: { readonly snapshot: SessionSnapshot; readonly row: AskRow; readonly answer: Answer },
): Promise<AskShown> => {
  const { store } = kernel.services;
  if (isDue(kernel, row)) {
    await expireAsk(kernel, row);
    throw askRefusals.closed(answer, "its time has passed");
  }
  if (snapshot.execution?.interruptSeq !== null) throw askRefusals.closed(answer, "the session is being interrupted");
  const opened = await eventAt(store, row.sessionId, row.seq);
  if (opened?.type !== "ask.opened") throw new TypeError(`ask ${row.askId} has no event that opened it`);
  const misfit = misfitOf(opened.data.shown, answer.answer);
  if (misfit !== undefined) throw askRefusals.mismatch(answer, misfit);
  return opened.data.shown;
};

const commitAnswer = async (
  { committer }: Kernel,
  {
    snapshot,
    row,
    answer,
    withIt,
  }: {
    readonly snapshot: SessionSnapshot;
    readonly row: AskRow;
    readonly answer: Answer;
    readonly withIt: AnsweredWith;
  },
): Promise<CommitResult> => {
  const { sessionId, askId, identity, by } = answer;
  const data = { askId, identity, answer: answer.answer, ...(by === undefined ? {} : { by }) };
  // An execution that is being interrupted settles its calls, and nobody would look at the answer.
  const isListening: Change = {
    op: "require",
    table: "execution",
    where: { executionId: row.executionId, state: "open", interruptSeq: null },
    expect: "some",
  };
  // A dismissal interrupts by itself, which is asked for once.
  const condition = isStop(answer) ? { expectedSeq: snapshot.head.seq } : { changes: [isListening] };
  return committer.commit({
    sessionId,
    events: [committer.draft("ask.answered", data), ...withIt.events],
    ...condition,
    ...(withIt.approvals.length === 0 ? {} : { approvals: withIt.approvals }),
  });
};

const wakeOf = (
  answer: Answer,
  { atSeq, answered }: { readonly atSeq: number; readonly answered: readonly AskRow[] },
): Wake => {
  if (isStop(answer)) return { kind: "interrupt", atSeq };
  // Where nobody had it but a dead owner, a person resumes it.
  const kind = answer.answer.kind === "recovery" ? "resume" : "answer";
  return { kind, atSeq, answered: answered.map(({ callId }) => callId) };
};

/** Whether a question was dismissed, or what was lost is not gone on with: either interrupts the activity. */
const isStop = ({ answer }: Pick<Answer, "answer">): boolean =>
  (answer.kind === "question" && answer.answers === undefined) ||
  (answer.kind === "recovery" && answer.reply === "stop");

/** The receipt of the very same answer, which was given before. */
const replayed = async ({ services }: Kernel, row: AskRow, answer: Answer): Promise<AnswerReceipt> => {
  const { store } = services;
  const { sessionId, askId } = answer;
  const closed = row.closedSeq === null ? undefined : await eventAt(store, sessionId, row.closedSeq);
  if (closed?.type !== "ask.answered") {
    const reason = closed?.type === "ask.expired" ? ` (${closed.data.reason})` : "";
    throw askRefusals.closed(answer, `it ended without an answer${reason}`);
  }
  const isSame = canonicalJson({ ...closed.data.answer }) === canonicalJson({ ...answer.answer });
  if (!isSame || closed.data.by !== answer.by) throw askRefusals.closed(answer, "it was answered before");
  const [sealed] = await store.events({ sessionId, after: closed.seq - 1, limit: 1 });
  if (sealed === undefined) throw askRefusals.closed(answer, "it was answered before");
  return {
    sessionId,
    askId,
    cursor: toCursor(store.storeId, sealed),
    replayed: true,
    alsoAnswered: [],
    alsoExpired: [],
  };
};
