import { toTextValue } from "@holdfast/core/event";

import { admitPlan, createPlan, ownerPlan, startPlan } from "../drafts/plans.ts";
import { sha256 } from "../sha256.ts";
import { ownerNamed, takePlan } from "./claim-plans.ts";

import type { CallId, MessageId, StepId } from "@holdfast/core";
import type { Blob, EventDraft } from "@holdfast/core/event";
import type { Approval, CommitPlan, Store } from "@holdfast/core/store";
import type { Drafts } from "../drafts/drafts.ts";

/** A text that is too long for an event. */
export const longText = "It goes on and on. ".repeat(20_000);

/** An approval that an answer of the session's saves. */
export const approvalOf = (d: Drafts, given: Partial<Approval> = {}): Approval => ({
  project: "/srv/project",
  action: "note",
  resource: "*",
  agent: null,
  askId: d.askId,
  sessionId: d.sessionId,
  time: 1_767_225_600_000,
  ...given,
});

const noBlobs: readonly Blob[] = [];
const usage = { input: 1_200, output: 34, reasoning: 5, cacheRead: 7, cacheWrite: 0 };

/**
 * Plans of a whole conversation, in order: inputs that are replaced and withdrawn; a turn with reasoning, a long text and two calls that
 * are asked about and that a person interrupts; a move to another place; a second execution by another owner with a broken attempt, a failed step, a recovery by a third, a repeated call and a retry in the
 * same message. It ends at rest.
 */
export const conversationPlans = (drafts: Drafts): readonly CommitPlan[] => [
  ...firstExecution(drafts),
  ...secondExecution(drafts.turn(2)),
];

/** Commits plans one after another. */
export const commitAll = async (store: Store, plans: readonly CommitPlan[]): Promise<void> => {
  for (const plan of plans) await store.commit(plan);
};

const firstExecution = (d: Drafts): readonly CommitPlan[] => {
  const otherCall = d.turn(11).callId;
  const { value, blobs } = toTextValue(longText, sha256);
  const refer = { blobs: blobs.map(({ hash }) => hash) };
  const own = (...events: readonly EventDraft[]) => ownerPlan(d, events);
  const anyone = (event: EventDraft, given = noBlobs): CommitPlan => ({
    sessionId: d.sessionId,
    events: [event],
    blobs: given,
  });
  const other = { askId: d.turn(11).askId, identity: "f".repeat(64) };
  return [
    createPlan(d, { title: "A 😀 title", model: { id: "m", provider: "p" } }),
    admitPlan(d, { idempotencyKey: "key 1", metadata: { source: { line: 1 }, tags: ["a", null, true, 1.5] } }),
    admitPlan(d.turn(3), { resume: false, delivery: "queue" }),
    anyone(d.turn(3).replaced({ replaces: 2, text: value, delivery: "steer" }, refer), blobs),
    admitPlan(d.turn(4), { idempotencyKey: "key 4" }),
    anyone(d.turn(4).withdrawn({ withdraws: 4 })),
    startPlan(d, [d.promoted(), d.stepStarted(), d.attemptStarted()]),
    own(d.reasoning()),
    {
      ...own(
        d.text({ position: 1, text: value }, refer),
        d.called({ position: 2, input: '{"path":"a"}' }),
        d.called({ position: 3, callId: otherCall, providerCallId: "call-2" }),
        d.attemptEnded({ finish: "tool-calls", usage, cost: 0.25 }),
      ),
      blobs,
    },
    own(d.askOpened({ expires: 1_767_225_700_000 }), d.askOpened({ ...other, callId: otherCall })),
    { ...anyone(d.askAnswered({ by: "somebody" })), approvals: [approvalOf(d)] },
    anyone(d.askExpired({ askId: other.askId, feedback: "Too late." })),
    own(d.begun({ effect: { kind: "write", path: "/srv/project/a" } })),
    own(d.todoUpdated()),
    own(d.settled({ outcome: { status: "completed", content: "done", structured: { lines: [1, 2] } } })),
    own(d.begun({ callId: otherCall })),
    { sessionId: d.sessionId, events: [d.interruptRequested({ reason: "Stop." })] },
    own(d.settled({ callId: otherCall, outcome: { status: "stopped", reason: "unknown-outcome", content: "?" } })),
    own(d.stepEnded({ finish: "tool-calls" })),
    own(d.compactionStarted({ throughSeq: 1 }), d.compactionFailed()),
    own(d.compactionStarted({ reason: "requested" })),
    own(d.compactionEnded({ settles: [d.inputId] })),
    { ...own(d.ended({ outcome: "interrupted" })), claim: { action: "release" } },
    anyone(d.sessionUpdated({ title: "Another 😀", agent: "other" })),
    anyone(d.sessionMoved()),
  ];
};

const secondExecution = (d: Drafts): readonly CommitPlan[] => {
  const [second, third] = [ownerNamed("second"), ownerNamed("third")];
  const recorded = d.turn(3).inputId;
  const retryId = d.turn(12).answerId;
  const stepId = d.turn(13).stepId;
  const answerId = d.turn(13).answerId;
  const write = (owner: typeof second, fence: number, ...events: readonly EventDraft[]) => ({
    ...ownerPlan(d, events),
    fence: { owner, fence },
  });
  return [
    admitPlan(d, { delivery: "queue" }),
    takePlan(d, { owner: second, fence: 2, expected: { owner: null, fence: 1, counter: null } }, [
      d.started({ owner: second, woken: [recorded] }),
    ]),
    write(
      second,
      2,
      d.promoted({ messageId: recorded }),
      d.promoted(),
      d.contextAdmitted(),
      d.stepStarted(),
      d.attemptStarted(),
    ),
    write(second, 2, d.text({ cut: true }), d.attemptEnded({ status: "cut", usage, cost: 0.5 })),
    write(second, 2, d.attemptStarted({ attempt: 2, messageId: retryId, synthetic: "Go on." })),
    write(second, 2, d.attemptEnded({ attempt: 2, status: "error" }), d.stepFailed()),
    takePlan(d, { owner: third, fence: 5, recoveries: 1, expected: { owner: second, fence: 2, counter: null } }, [
      d.recovered({ owner: third }),
    ]),
    write(third, 5, told(d), d.stepStarted({ stepId, index: 2 }), d.attemptStarted({ stepId, messageId: answerId })),
    write(third, 5, d.attemptEnded({ stepId, status: "error" })),
    write(third, 5, d.attemptStarted({ stepId, attempt: 2, messageId: answerId })),
    write(third, 5, ...repeatedCall(d, stepId, answerId)),
    write(third, 5, d.attemptEnded({ stepId, attempt: 2, usage, cost: 1 }), d.stepEnded({ stepId })),
    { ...write(third, 5, d.ended()), claim: { action: "release" } },
  ];
};

const told = (d: Drafts): EventDraft =>
  d.contextAdmitted({
    messageId: d.turn(15).answerId,
    sources: [{ key: "test/day", hash: "1".repeat(64), text: "Wednesday.", update: "It is Wednesday.", removal: "" }],
    removed: [{ key: "test/place", text: "Works nowhere." }],
  });

const repeatedCall = (d: Drafts, stepId: StepId, messageId: MessageId): readonly EventDraft[] => {
  const callId: CallId = d.turn(14).callId;
  return [
    d.text({ messageId, text: 'Answer \u0000 \u2028 "quoted" 日本語' }),
    d.called({ callId, stepId, messageId, position: 1 }),
    d.begun({ callId, replay: "safe" }),
    d.begun({ callId, attempt: 2, replay: "safe" }),
    d.settled({ callId, outcome: { status: "failed", kind: "tool-failure", content: "no" } }),
  ];
};
