import { HoldfastError } from "@holdfast/core";
import { createPlan } from "@holdfast/testkit";

import { commit, repeatsByChance, textOf } from "./desk.ts";
import { isGone } from "./process-state.ts";

import type { SessionId } from "@holdfast/core";
import type { Blob, EventDraft } from "@holdfast/core/event";
import type { ClaimChange, Fence, InputRow, SessionSnapshot } from "@holdfast/core/store";
import type { Drafts } from "@holdfast/testkit";
import type { Desk } from "./desk.ts";

type Take = ClaimChange & { readonly action: "take" };
type ExecutionId = Drafts["executionId"];

/** Some events, with the blobs that they refer to. */
interface Moment {
  readonly events: readonly EventDraft[];
  readonly blobs?: readonly Blob[];
}

/** What a process holds while it works on a session. */
interface Holding {
  readonly sessionId: SessionId;
  readonly executionId: ExecutionId;
  readonly fence: Fence;
}

/** Does what a session needs next: creates it, takes it over from a dead owner, or plays a turn for what waits in its inbox. */
export const work = async (desk: Desk, sessionId: SessionId): Promise<"done" | "nothing"> => {
  const snapshot = await desk.store.snapshot(sessionId);
  if (snapshot === null) {
    await commit(desk, { ...createPlan(desk.nextTurn()), sessionId });
    return "done";
  }
  if (snapshot.replica !== null) return "nothing";
  if (snapshot.execution?.state === "open") {
    if (snapshot.claim?.owner === desk.ownerId || !isGone(snapshot.owner)) return "nothing";
    await takeOver(desk, snapshot, snapshot.execution.executionId);
    return "done";
  }
  const waiting = snapshot.inputs.filter(({ awake }) => awake === 1);
  if (waiting.length === 0) return "nothing";
  await startTurn(desk, snapshot, waiting);
  return "done";
};

const startTurn = async (desk: Desk, snapshot: SessionSnapshot, waiting: readonly InputRow[]): Promise<void> => {
  const { sessionId } = snapshot.session;
  const turn = desk.nextTurn();
  const { executionId } = turn;
  const take = takeFrom(desk, snapshot, 0);
  const events = [turn.started({ owner: desk.ownerId }), ...openStep(turn, executionId, waiting)];
  await commit(desk, { sessionId, events, claim: take });
  const holding = { sessionId, executionId, fence: { owner: desk.ownerId, fence: take.fence } };
  await playStep(desk, holding, turn);
  await endOrGoOn(desk, holding);
};

const takeOver = async (desk: Desk, snapshot: SessionSnapshot, executionId: ExecutionId): Promise<void> => {
  const { session, claim, head, calls, attempt, step } = snapshot;
  const { sessionId } = session;
  const turn = desk.nextTurn();
  const take = takeFrom(desk, snapshot, (claim?.recoveries ?? 0) + 1);
  const previous = { owner: claim?.owner ?? null, fence: claim?.fence ?? 1, reason: "gone" };
  const recovered = turn.recovered({
    executionId,
    owner: desk.ownerId,
    previous,
    recovery: take.recoveries,
    trusted: head,
    calls: calls.map(({ callId, name, state }) => ({
      callId,
      name,
      state: state === "begun" ? "begun" : "called",
      verdict: "unknown",
    })),
  });
  await commit(desk, { sessionId, events: [recovered], claim: take }, { takeOver: true });
  await assertStaleIsRefused(desk, sessionId, previous);
  const holding = { sessionId, executionId, fence: { owner: desk.ownerId, fence: take.fence } };
  const unknown = { status: "stopped", reason: "unknown-outcome", content: "unknown" } as const;
  for (const { callId } of calls) await write(desk, holding, { events: [turn.settled({ callId, outcome: unknown })] });
  const rest: EventDraft[] = [];
  if (step?.state === "open") {
    const { stepId } = step;
    if (attempt?.state === "open") {
      rest.push(turn.attemptEnded({ stepId, attempt: attempt.attempt, status: "cut", finish: "other" }));
    }
    rest.push(turn.stepFailed({ stepId }));
  }
  if (rest.length > 0) await write(desk, holding, { events: rest });
  await endOrGoOn(desk, holding);
};

/** What a claim is taken from: the very row that was read. */
const takeFrom = ({ ownerId }: Desk, { claim, owner }: SessionSnapshot, recoveries: number): Take => ({
  action: "take",
  owner: ownerId,
  fence: (claim?.fence ?? 0) + 1,
  recoveries,
  expected: claim === null ? null : { owner: claim.owner, fence: claim.fence, counter: owner?.counter ?? null },
});

/** Writes as the dead owner would have: it must be refused. */
const assertStaleIsRefused = async (
  { store, journal, nextTurn }: Desk,
  sessionId: SessionId,
  { owner, fence }: { readonly owner: Fence["owner"] | null; readonly fence: number },
): Promise<void> => {
  if (owner === null) return;
  try {
    await store.commit({ sessionId, events: [nextTurn().text()], fence: { owner, fence } });
    journal.note({ kind: "broken", sentence: `a stale owner wrote to ${sessionId} with fence ${fence}` });
  } catch (error) {
    if (!HoldfastError.isInstance(error, "store.fenced")) throw error;
    journal.note({ kind: "done", what: "stale owners refused" });
  }
};

const openStep = (turn: Drafts, executionId: ExecutionId, waiting: readonly InputRow[]): readonly EventDraft[] => [
  ...waiting.map(({ messageId }) => turn.promoted({ messageId, executionId })),
  turn.stepStarted({ executionId }),
  turn.attemptStarted(),
];

/** The rest of a step that was opened, in commits of one to three events. */
const playStep = async (desk: Desk, holding: Holding, turn: Drafts): Promise<void> => {
  const { random, store, journal } = desk;
  const { value, blobs } = textOf(repeatsByChance(desk));
  const hashes = blobs.map(({ hash }) => hash);
  await write(desk, holding, {
    events: [turn.text({ text: value }, hashes.length > 0 ? { blobs: hashes } : {})],
    blobs,
  });
  const events = [turn.called(), turn.begun(), turn.attemptEnded(), turn.settled(), turn.stepEnded()];
  while (events.length > 0) {
    const some = events.splice(0, 1 + Math.floor(random() * 3));
    await write(desk, holding, { events: some });
    if (!some.some(({ type }) => type === "tool.begun") || random() < 0.5) continue;
    const { sessionId } = holding;
    const { callId } = turn;
    const size = Math.floor(random() * 200_000);
    await store.putOutput({ sessionId, callId, attempt: 1 }, new Uint8Array(size).fill(size % 251));
    journal.note({ kind: "output", sessionId, callId, size });
  }
};

/** Ends the execution; where input came meanwhile, it is promoted in a further step first. */
const endOrGoOn = async (desk: Desk, holding: Holding): Promise<void> => {
  const { sessionId, executionId, fence } = holding;
  for (;;) {
    const turn = desk.nextTurn();
    try {
      await commit(desk, {
        sessionId,
        events: [turn.ended({ executionId })],
        fence,
        claim: { action: "release" },
      });
      return;
    } catch (error) {
      if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
    }
    const snapshot = await desk.store.snapshot(sessionId);
    const waiting = (snapshot?.inputs ?? []).filter(({ awake }) => awake === 1);
    if (waiting.length === 0) throw new Error(`${sessionId} may not end, and nothing waits in its inbox`);
    desk.journal.note({ kind: "done", what: "ends refused for input that came" });
    await write(desk, holding, { events: openStep(turn, executionId, waiting) });
    await playStep(desk, holding, turn);
  }
};

const write = async (desk: Desk, { sessionId, fence }: Holding, { events, blobs = [] }: Moment): Promise<void> => {
  try {
    await commit(desk, { sessionId, events, fence, blobs });
  } catch (error) {
    // Nobody may take a claim from a process that lives, and nobody else writes what an owner writes.
    const code = HoldfastError.isInstance(error) ? error.code : String(error);
    if (code !== "store.fenced" && code !== "store.condition-failed") throw error;
    throw new Error(`the live owner of ${sessionId} was refused: ${code}`, { cause: error });
  }
};
