import { canonicalJson, evaluate, HoldfastError } from "@holdfast/core";
import { argumentSchemas } from "@holdfast/core/arguments";

import type { AnswerAsk, AnswerReceipt, ErrorCode, SessionId } from "@holdfast/core";
import type { AskAnswer, AskShown, EventDraft } from "@holdfast/core/event";
import type { Approval, AskRow, LogHead, SessionSnapshot } from "@holdfast/core/store";
import type { FakeKernel } from "./fake-kernel.ts";

interface Answered {
  readonly snapshot: SessionSnapshot;
  readonly row: AskRow;
  readonly shown: AskShown;
  readonly answer: AskAnswer;
}

/** What shares the commit of an answer. */
interface WithIt {
  readonly events: readonly EventDraft[];
  readonly approvals?: readonly Approval[];
  readonly alsoAnswered?: readonly AskRow[];
  readonly alsoExpired?: readonly AskRow[];
}

/** Answers an ask, with what a denial ends, an approval covers, and a dismissal interrupts. */
export const answerAsk = async (kernel: FakeKernel, given: AnswerAsk): Promise<AnswerReceipt> => {
  const checked = kernel.check(argumentSchemas.answer, given, "answer");
  const { sessionId, askId, identity, answer, by, agentOnly } = checked;
  const snapshot = await kernel.own(sessionId);
  const [row] = await kernel.store.asks({ sessionId, askId, limit: 1 });
  if (row === undefined) throw refused("ask.not-found", `There is no ask ${askId}.`);
  if (row.identity !== identity) throw refused("ask.changed", `Ask ${askId} is about something else.`);
  const named = by === undefined ? {} : { by };
  if (row.state !== "open") return replayed(kernel, row, { answer, ...named });
  const opened = await kernel.event(sessionId, row.seq);
  if (opened?.type !== "ask.opened") throw new TypeError(`ask ${askId} has no event that opened it`);
  const { shown } = opened.data;
  if (!fits(shown, answer)) throw refused("ask.mismatch", `The answer is none to what ask ${askId} shows.`);
  const more = await withIt(kernel, { snapshot, row, shown, answer }, agentOnly);
  const answered = kernel.draft("ask.answered", { askId, identity, answer, ...named });
  const result = await commitAnswer(kernel, sessionId, { answered, more });
  // Somebody was first: it is looked again what came of it.
  if (result === undefined) return answerAsk(kernel, given);
  if (answer.kind === "question" && answer.answers === undefined) kernel.lane(sessionId).interrupt();
  return {
    sessionId,
    askId,
    cursor: kernel.cursor(sessionId, result),
    replayed: false,
    alsoAnswered: (more.alsoAnswered ?? []).map((ask) => ask.askId),
    alsoExpired: (more.alsoExpired ?? []).map((ask) => ask.askId),
  };
};

/** Where the answer stands; undefined where one of the asks was answered, or ended, since they were read. */
const commitAnswer = async (
  kernel: FakeKernel,
  sessionId: SessionId,
  { answered, more: { events, approvals } }: { readonly answered: EventDraft; readonly more: WithIt },
): Promise<LogHead | undefined> => {
  try {
    const saved = approvals === undefined ? {} : { approvals };
    const result = await kernel.commit({ sessionId, events: [answered, ...events], ...saved });
    return (result.status === "committed" ? result.events[0] : undefined) ?? result.head;
  } catch (error) {
    if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
    return undefined;
  }
};

const withIt = async (
  kernel: FakeKernel,
  { snapshot, row, shown, answer }: Answered,
  agentOnly: boolean,
): Promise<WithIt> => {
  if (answer.kind === "question" && answer.answers === undefined) {
    const data = { executionId: row.executionId, reason: "A question was dismissed." };
    return { events: [kernel.draft("interrupt.requested", data)] };
  }
  if (answer.kind !== "permission" || answer.reply === "once") return { events: [] };
  const others = snapshot.asks.filter(({ askId, kind }) => kind === "permission" && askId !== row.askId);
  if (answer.reply === "deny") {
    const feedback = answer.feedback === undefined ? {} : { feedback: answer.feedback };
    const events = others.map(({ askId }) => kernel.draft("ask.expired", { askId, reason: "denied", ...feedback }));
    return { events, alsoExpired: others };
  }
  const { sessionId, project, agent } = snapshot.session;
  const action = shown.kind === "permission" ? shown.action : "";
  const patterns = shown.kind === "permission" ? shown.always : [];
  const approvals = patterns.map((resource): Approval => {
    const time = kernel.clock.now();
    return { project, action, resource, agent: agentOnly ? agent : null, askId: row.askId, sessionId, time };
  });
  const covered: AskRow[] = [];
  for (const other of others) {
    const opened = await kernel.event(sessionId, other.seq);
    const about = opened?.type === "ask.opened" && opened.data.shown.kind === "permission" ? opened.data.shown : null;
    const isCovered = about?.resources.every(
      (resource) => evaluate([], { action: about.action, resource }, { approvals }).effect === "allow",
    );
    if (isCovered === true) covered.push(other);
  }
  const events = covered.map(({ askId, identity }) =>
    kernel.draft("ask.answered", { askId, identity, answer: { kind: "permission", reply: "once" } }),
  );
  return { events, approvals, alsoAnswered: covered };
};

const replayed = async (
  kernel: FakeKernel,
  { sessionId, askId, closedSeq }: AskRow,
  given: { readonly answer: AskAnswer; readonly by?: string },
): Promise<AnswerReceipt> => {
  const closed = closedSeq === null ? undefined : await kernel.event(sessionId, closedSeq);
  const isSame =
    closed?.type === "ask.answered" &&
    canonicalJson({ ...closed.data.answer }) === canonicalJson({ ...given.answer }) &&
    closed.data.by === given.by;
  const [sealed] = await kernel.store.events({ sessionId, after: (closedSeq ?? 0) - 1, limit: 1 });
  if (!isSame || sealed === undefined) throw refused("ask.closed", `Ask ${askId} was answered otherwise, or is over.`);
  const cursor = kernel.cursor(sessionId, sealed);
  return { sessionId, askId, cursor, replayed: true, alsoAnswered: [], alsoExpired: [] };
};

const fits = (shown: AskShown, answer: AskAnswer): boolean => {
  if (shown.kind !== answer.kind) return false;
  if (shown.kind === "permission" && answer.kind === "permission")
    return answer.reply !== "always" || shown.always.length > 0;
  if (shown.kind !== "question" || answer.kind !== "question" || answer.answers === undefined) return true;
  const { answers } = answer;
  return (
    answers.length === shown.questions.length &&
    shown.questions.every(({ options, multiple, custom }, index) => {
      const chosen = answers[index] ?? [];
      const isKnown = custom || chosen.every((label) => options.some((option) => option.label === label));
      return isKnown && (multiple || chosen.length <= 1);
    })
  );
};

const refused = (code: ErrorCode, message: string): HoldfastError => new HoldfastError(code, { message });
