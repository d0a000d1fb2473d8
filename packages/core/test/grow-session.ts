import { hash } from "node:crypto";

import { RowSet } from "../src/store/row-set.ts";
import { sealPlan } from "../src/store/seal-plan.ts";
import { ofAsks } from "./ask-happenings.ts";
import { ofCompaction } from "./compaction-happenings.ts";

import type { EventDraft } from "../src/event/catalogue.ts";
import type { SealedEnvelope } from "../src/event/envelope.ts";
import type { SessionId } from "../src/ids/id.ts";
import type { CommitPlan } from "../src/store/plan.ts";
import type { AttemptRow, CallRow, ExecutionRow, RowSnapshot, StepRow } from "../src/store/rows.ts";
import type { Happening } from "./happening.ts";

/** The session that grows. */
export const sessionId = "ses_a" as SessionId;
/** SHA-256, as a port. */
export const sha256 = (text: string): string => hash("sha256", text);
const model = { id: "m" };
const digest = "0".repeat(64);

/** Every kind of thing that is legal as the rows stand, said independently of the projections. `name` is new each time. */
const happenings = (rows: RowSnapshot, name: string): readonly Happening[] => {
  const execution = rows.execution.find(({ state }) => state === "open");
  const step = rows.step.find(({ state }) => state === "open");
  const attempt = rows.attempt.find(({ state }) => state === "open");
  return [
    ...admissions(name),
    ...(execution === undefined ? starts(rows, name) : duringExecution(execution, rows, name)),
    ...(execution !== undefined && step === undefined ? betweenSteps(execution, rows, name) : []),
    ...(step === undefined ? [] : rows.call.flatMap((call) => ofCall(call, rows))),
    ...(step !== undefined && attempt !== undefined ? duringAttempt(step, attempt, { rows, name }) : []),
    ...(step !== undefined && attempt === undefined ? betweenAttempts(step, rows, name) : []),
    ...ofInbox(rows, name),
    ...(execution === undefined ? [] : ofAsks(execution, rows, name)),
    ...(execution === undefined ? [] : ofCompaction(execution, rows, name)),
    ...ofSession(rows, name),
  ];
};

const admissions = (name: string): readonly Happening[] => {
  const base = { messageId: `msg_${name}`, payloadHash: digest, text: name };
  return [
    [["input.admitted", { ...base, delivery: "steer", resume: true }]],
    [["input.admitted", { ...base, delivery: "queue", resume: true }]],
    [["input.admitted", { ...base, delivery: "steer", resume: false }]],
    [["input.admitted", { ...base, kind: "compaction", delivery: "steer", resume: true }]],
  ];
};

const ofInbox = (rows: RowSnapshot, name: string): readonly Happening[] =>
  rows.input
    .filter(({ state }) => state === "pending")
    .flatMap(({ messageId, version, kind }): readonly Happening[] => {
      const payload = { payloadHash: digest, text: `${name} instead`, delivery: "queue" };
      const withdrawn: Happening = [["input.withdrawn", { messageId, withdraws: version }]];
      if (kind === "compaction") return [withdrawn];
      return [[["input.replaced", { messageId, replaces: version, ...payload }]], withdrawn];
    });

const ofSession = (rows: RowSnapshot, name: string): readonly Happening[] => {
  const isBusy = rows.execution.some(({ state }) => state === "open");
  const move: Happening = [["session.moved", { location: { directory: `/${name}` }, project: `/${name}` }]];
  return [[["session.updated", { title: name, model: null }]], ...(isBusy ? [] : [move])];
};

const starts = (rows: RowSnapshot, name: string): readonly Happening[] => {
  const asleep = rows.input.filter(({ state, awake }) => state === "pending" && awake === 0);
  const start = { executionId: `exe_${name}`, owner: "own_a", runtime: "test", denies: [] };
  return [[], asleep.map(({ messageId }) => messageId)].map((woken) => [["execution.started", { ...start, woken }]]);
};

const ofContext = ({ executionId }: ExecutionRow, rows: RowSnapshot, name: string): readonly Happening[] => {
  const source = (key: string) => ({ key: `t/${key}`, hash: digest, text: `${key} is ${name}`, removal: `no ${key}` });
  const [known] = rows.context.filter((row) => row.hash !== null);
  const removed = known === undefined ? [] : [{ key: known.key, text: known.removal }];
  const update = { executionId, messageId: `msg_${name}told` };
  return [
    [["context.admitted", { executionId, sources: [source("b"), source("a")], removed: [] }]],
    [["context.admitted", { ...update, sources: [{ ...source("c"), update: `now ${name}` }], removed }]],
  ];
};

const duringExecution = (execution: ExecutionRow, rows: RowSnapshot, name: string): readonly Happening[] => {
  const { executionId } = execution;
  const recovered = {
    executionId,
    owner: "own_a",
    previous: { owner: null, fence: 1, reason: "gone" },
    recovery: 1,
    location: { directory: "/a" },
    trusted: { seq: 0, hash: digest },
    inputs: [],
    calls: [],
    revalidated: { locationIdentity: "1:1", permissionsHash: digest, toolsHash: digest, model },
  };
  const promotable = rows.input.filter(
    ({ kind, state, awake }) => kind === "prompt" && state === "pending" && awake === 1,
  );
  return [
    [["execution.recovered", recovered]],
    [["interrupt.requested", { executionId }]],
    ...ofContext(execution, rows, name),
    ...promotable.map(({ messageId }): Happening => [["input.promoted", { messageId, executionId }]]),
  ];
};

const betweenSteps = ({ executionId }: ExecutionRow, rows: RowSnapshot, name: string): readonly Happening[] => {
  const isDrained = !rows.input.some(({ state, awake }) => state === "pending" && awake === 1);
  const isAsked = rows.ask.some(({ state }) => state === "open");
  const isCompacting = rows.compaction.some(({ state }) => state === "open");
  const outcomes =
    isAsked || isCompacting ? [] : ["failed", "interrupted", "budget", ...(isDrained ? ["completed"] : [])];
  const step = { stepId: `stp_${name}`, executionId, index: 1, agent: "a", model };
  const attempt = { stepId: step.stepId, attempt: 1, messageId: `msg_${name}`, requestHash: digest };
  const start: Happening = [
    ["step.started", step],
    ["attempt.started", attempt],
  ];
  return [
    start,
    start,
    start,
    ...outcomes.map((outcome): Happening => [["execution.ended", { executionId, outcome }]]),
  ];
};

const ofCall = ({ callId, state, begun }: CallRow, rows: RowSnapshot): readonly Happening[] => {
  if (state === "settled") return [];
  const isAsked = rows.ask.some((ask) => ask.state === "open" && ask.callId === callId);
  const begin = {
    callId,
    attempt: begun + 1,
    effect: { begun },
    effectKey: callId,
    replay: "safe",
    definition: digest,
  };
  const outcomes = [
    { status: "stopped", reason: "cancelled", content: "" },
    { status: "failed", kind: "defect", content: "" },
    ...(state === "begun" ? [{ status: "completed", content: "done", structured: { a: 1 } }] : []),
  ];
  const items = [{ content: `after ${begun}`, status: "pending", priority: "low" }];
  return [
    ...(state === "begun" ? [[["todo.updated", { callId, items }]] satisfies Happening] : []),
    [["tool.begun", { ...begin, plugin: { name: "test" } }]],
    ...(isAsked ? [] : outcomes.map((outcome): Happening => [["tool.settled", { callId, outcome }]])),
  ];
};

const duringAttempt = (
  { stepId }: StepRow,
  { attempt, messageId }: AttemptRow,
  { rows, name }: { readonly rows: RowSnapshot; readonly name: string },
): readonly Happening[] => {
  const position = [...rows.block, ...rows.call].filter((part) => part.messageId === messageId).length;
  const call = { callId: `cal_${name}`, stepId, messageId, position, providerCallId: "1", name: "t", input: "{}" };
  const usage = { input: position, output: 2, reasoning: 0, cacheRead: 0, cacheWrite: 0 };
  const end = { stepId, attempt, usage, cost: 0.1 };
  return [
    [["text.ended", { messageId, position, text: name }]],
    [["reasoning.ended", { messageId, position, text: name, cut: true }]],
    [["tool.called", call]],
    ...["finished", "cut", "error"].map((status): Happening => [["attempt.ended", { ...end, status }]]),
    [
      ["text.ended", { messageId, position, text: name }],
      ["attempt.ended", { ...end, status: "finished", finish: "stop" }],
    ],
  ];
};

const betweenAttempts = ({ stepId }: StepRow, rows: RowSnapshot, name: string): readonly Happening[] => {
  const last = rows.attempt.filter((row) => row.stepId === stepId).at(-1);
  const hasOutput = [...rows.block, ...rows.call].some(({ messageId }) => messageId === last?.messageId);
  const messageId = hasOutput ? `msg_${name}` : last?.messageId;
  const again = { stepId, attempt: (last?.attempt ?? 0) + 1, messageId, requestHash: digest };
  const retry = { stepId, attempt: last?.attempt, retry: 1, class: "transport", delayMs: 1 };
  const retries: readonly Happening[] = last?.state === "error" ? [[["retry.scheduled", retry]]] : [];
  const isSettled = rows.call.every(({ state }) => state === "settled");
  const failure = { class: "transport", message: "reset" };
  const ends: readonly Happening[] = [
    [["step.ended", { stepId, finish: "stop" }]],
    [["step.failed", { stepId, failure }]],
  ];
  return [[["attempt.started", again]], ...retries, ...(isSettled ? ends : [])];
};

/** What leads to rest, and then to the next turn: the first of these that is legal. */
const towardsRest: readonly EventDraft["type"][] = [
  "ask.answered",
  "tool.settled",
  "attempt.ended",
  "step.ended",
  "compaction.ended",
  "input.promoted",
  "compaction.started",
  "execution.ended",
  "execution.started",
];

/** What happens next: one of what is legal, by its place or by the type of its first event, or the next step towards rest. */
export type Choice = number | "rest" | EventDraft["type"];

/** An execution is ended as completed, and wakes what it can. */
const pick = (possible: readonly Happening[], choice: Choice): Happening | undefined => {
  if (typeof choice === "number") return possible[choice % possible.length];
  if (choice !== "rest") return possible.find((happening) => happening[0]?.[0] === choice);
  // A compaction that nobody asked for leads nowhere.
  const leading = possible.filter(([first]) => !JSON.stringify(first).includes('"threshold"'));
  const next = towardsRest.find((type) => leading.some((happening) => happening[0]?.[0] === type));
  return possible.findLast((happening) => happening[0]?.[0] === next);
};

/** A session as a store keeps one, grown plan by plan; a choice picks one of what is legal. */
export const grow = (choices: readonly Choice[]) => {
  const rows = new RowSet(sessionId);
  const log: SealedEnvelope[] = [];
  const commit = (happening: Happening, round: number): void => {
    const events = happening.map(
      ([type, data], index) => ({ id: `evt_${round}x${index}`, type, version: 1, time: round, data }) as EventDraft,
    );
    const plan = { sessionId, events, fence: { owner: "own_a", fence: 1 } } as unknown as CommitPlan;
    for (const { sealed, changes } of sealPlan(plan, log.at(-1) ?? null, sha256)) {
      for (const change of changes) rows.apply(change);
      log.push(sealed);
    }
  };
  const created = { location: { directory: "/a" }, project: "/a", agent: "a", title: "", denies: [] };
  commit([["session.created", created]], 0);
  for (const [index, choice] of choices.entries()) {
    const possible = happenings(rows.snapshot(), `n${index}`);
    commit(pick(possible, choice) ?? [], index + 1);
  }
  return { rows, log };
};
