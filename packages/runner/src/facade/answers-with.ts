import { evaluate } from "@holdfast/core";

import { approvalsOf } from "../session/approvals-of.ts";
import { eventAt } from "../session/event-at.ts";
import { stepSource } from "../session/opening-choice.ts";
import { rulesFrom } from "../session/session-row.ts";
import { gateOf } from "../session/setting-of.ts";

import type { AskShown, EventDraft } from "@holdfast/core/event";
import type { Approval, AskRow, SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "../session/kernel.ts";
import type { Answer } from "./answer.ts";

/** What shares the commit of one answer. */
export interface AnsweredWith {
  readonly events: readonly EventDraft[];
  readonly approvals: readonly Approval[];
  readonly alsoAnswered: readonly AskRow[];
  readonly alsoExpired: readonly AskRow[];
}

interface Answered {
  readonly snapshot: SessionSnapshot;
  readonly row: AskRow;
  readonly shown: AskShown;
  readonly answer: Answer;
}

const nothing: AnsweredWith = { events: [], approvals: [], alsoAnswered: [], alsoExpired: [] };

/** What an answer does beside being one: what a denial ends, what an approval saves and covers, and what a dismissal interrupts. */
export const answersWith = async (kernel: Kernel, answered: Answered): Promise<AnsweredWith> => {
  const { row, answer, snapshot } = answered;
  if (answer.answer.kind === "question") {
    if (answer.answer.answers !== undefined) return nothing;
    const data = { executionId: row.executionId, reason: "A question was dismissed." };
    // The asks of the other calls end with their calls, which whoever owns the session settles.
    return { ...nothing, events: [kernel.committer.draft("interrupt.requested", data)] };
  }
  if (answer.answer.kind === "recovery") {
    if (answer.answer.reply === "resume") return nothing;
    const data = { executionId: row.executionId, reason: "A person was asked whether to go on, and stopped it." };
    return { ...nothing, events: [kernel.committer.draft("interrupt.requested", data)] };
  }
  if (answer.answer.kind !== "permission") return nothing;
  const others = snapshot.asks.filter(({ askId, kind }) => kind === "permission" && askId !== row.askId);
  if (answer.answer.reply === "deny") return denied(kernel, others, answer.answer.feedback);
  return answer.answer.reply === "always" ? approved(kernel, answered, others) : nothing;
};

const denied = ({ committer }: Kernel, others: readonly AskRow[], feedback: string | undefined): AnsweredWith => ({
  ...nothing,
  alsoExpired: others,
  events: others.map(({ askId }) =>
    committer.draft("ask.expired", { askId, reason: "denied", ...(feedback === undefined ? {} : { feedback }) }),
  ),
});

const approved = async (
  kernel: Kernel,
  { snapshot, row, shown, answer }: Answered,
  others: readonly AskRow[],
): Promise<AnsweredWith> => {
  if (shown.kind !== "permission") return nothing;
  const { committer, services } = kernel;
  const { session, execution } = snapshot;
  const { project, sessionId } = session;
  const source = await stepSource(kernel, snapshot);
  const agent = source.choice.agent ?? session.agent;
  const approvals = shown.always.map((resource): Approval => ({
    project,
    action: shown.action,
    resource,
    agent: answer.agentOnly ? agent : null,
    askId: row.askId,
    sessionId,
    time: services.clock.now(),
  }));
  const inForce = [...(await approvalsOf(services.store, { project, agent })), ...approvals];
  const gate = gateOf(services, source, rulesFrom(execution?.denies ?? "[]"));
  const covered: AskRow[] = [];
  for (const other of others) {
    const opened = await eventAt(services.store, sessionId, other.seq);
    const about =
      opened?.type === "ask.opened" && opened.data.shown.kind === "permission" ? opened.data.shown : undefined;
    // Where nothing can be approved for good, a plugin wants a person for each.
    if (about === undefined || about.always.length === 0) continue;
    const { action } = about;
    // What this process's own rules allow, a person has not approved: the owner's may ask.
    const isApproved = (resource: string): boolean =>
      evaluate([], { action, resource }, { approvals: inForce }).effect === "allow" &&
      gate.evaluate({ action, resource }).effect !== "deny";
    if (about.resources.every(isApproved)) covered.push(other);
  }
  const by = answer.by === undefined ? {} : { by: answer.by };
  return {
    ...nothing,
    approvals,
    alsoAnswered: covered,
    events: covered.map(({ askId, identity }) =>
      committer.draft("ask.answered", { askId, identity, answer: { kind: "permission", reply: "once" }, ...by }),
    ),
  };
};
