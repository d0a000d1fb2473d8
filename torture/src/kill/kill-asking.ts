import { setTimeout as sleep } from "node:timers/promises";

import { makeScratch } from "../scratch.ts";
import { judgeLog, readLog } from "./judge-log.ts";
import { killAt } from "./kill-at.ts";
import { allowAsked, countEffects, openPlot } from "./plot.ts";

import type { RecoveryPolicy } from "@holdfast/runner";
import type { PlotPlace } from "./plot.ts";

/** A moment around a permission ask, what the victim does there, and how often the effect happens in the end. */
interface Moment {
  readonly point: string;
  readonly asks: NonNullable<PlotPlace["asks"]>;
  readonly effects: 0 | 1;
}

/** Every durable moment around an ask. */
export const askMoments: readonly Moment[] = [
  { point: "ask.opened", asks: "wait", effects: 1 },
  { point: "released", asks: "rest", effects: 1 },
  { point: "ask.answered", asks: "answer", effects: 1 },
  { point: "ask.expired", asks: "expire", effects: 0 },
];

/**
 * A victim is killed at such a moment. Where nobody has answered, another process rests as asking, and goes on once it is answered there.
 * Where somebody had, or the time is over, policy `resume` goes on by itself and `park` once it is told to.
 */
export const killAsking = async (
  { point, asks, effects }: Moment,
  recovery: RecoveryPolicy & ("resume" | "park"),
): Promise<readonly string[]> => {
  await using scratch = await makeScratch();
  const { directory, store: file } = scratch;
  const sessionId = "ses_plot";
  const place: PlotPlace = { directory, store: file, sessionId, asks };
  const missed = await killAt(place, point);
  if (missed.broken.length > 0) return missed.broken;
  const opened = await openPlot(place, { recovery });
  const { holdfast, store } = opened;
  await using _runtime = holdfast;
  const isOpen = point === "ask.opened" || point === "released";
  const found: string[] = [];
  if (isOpen) found.push(...(await restsAs("asking", opened, sessionId)));
  else if (recovery === "park") found.push(...(await restsAs("parked", opened, sessionId)));
  const answered = await allowAsked(holdfast, sessionId);
  if (answered !== (isOpen ? 1 : 0)) found.push(`expected ${isOpen ? 1 : 0} open asks, found ${answered}`);
  if (!isOpen && recovery === "park") await holdfast.sessions.resume({ sessionId });
  const outcome = await holdfast.sessions.wait({ sessionId, timeoutMs: 20_000 });
  if (outcome.status !== "completed") found.push(`expected it to be completed, found ${outcome.status}`);
  const times = await countEffects(directory);
  if (times !== effects) found.push(`expected the effect ${effects} times, found it ${times} times`);
  const asked = (await readLog(store, sessionId)).filter(({ type }) => type === "ask.opened").length;
  if (asked !== 1) found.push(`expected one ask in the log, found ${asked}`);
  return [...found, ...(await judgeLog(store, place))];
};

/** What does not hold of a session that nobody may go on with: it rests, and nothing is written or spent. */
const restsAs = async (
  expected: "asking" | "parked",
  { holdfast, store, model }: Awaited<ReturnType<typeof openPlot>>,
  sessionId: string,
): Promise<readonly string[]> => {
  const before = await readLog(store, sessionId);
  await sleep(300);
  const { status } = await holdfast.sessions.recovery({ sessionId });
  return [
    ...(status === expected ? [] : [`expected recovery() to say ${expected}, found ${status}`]),
    ...((await readLog(store, sessionId)).length === before.length ? [] : ["resting wrote events"]),
    ...(model.calls === 0 ? [] : ["resting asked the model"]),
  ];
};
