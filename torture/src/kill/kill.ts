import { setTimeout as sleep } from "node:timers/promises";

import { makeScratch } from "../scratch.ts";
import { median } from "../torture.ts";
import { judgeLog, readLog } from "./judge-log.ts";
import { askMoments, killAsking } from "./kill-asking.ts";
import { killAt } from "./kill-at.ts";
import { openPlot } from "./plot.ts";

import type { Outcome, Torture } from "../torture.ts";
import type { PlotPlace } from "./plot.ts";

const boundaries = ["B0", "B1", "B2", "B3", "B4", "B5", "B6", "B7"] as const;
const takeOvers = 20;
/** How the first request fails, for a kill while the next one is waited for. */
const stumbles = ["refused", "cut"] as const;
type Stumble = (typeof stumbles)[number];
const stumbling = (stumble: Stumble | undefined): Pick<PlotPlace, "stumble"> =>
  stumble === undefined ? {} : { stumble };

/** A victim is killed at a point; a runtime with policy `resume`, which was there before, finishes. */
const resumeAfter = async (
  point: string,
  stumble?: Stumble,
): Promise<{ readonly broken: readonly string[]; readonly takeOverMs: number }> => {
  await using scratch = await makeScratch();
  const place = { ...scratch, sessionId: "ses_plot" };
  const { holdfast, store } = await openPlot(place, { recovery: "resume" });
  await using _runtime = holdfast;
  const { broken, atMs } = await killAt(
    { directory: scratch.directory, store: scratch.store, sessionId: place.sessionId, ...stumbling(stumble) },
    point,
  );
  if (broken.length > 0) return { broken, takeOverMs: 0 };
  const takeOverMs = await untilTakenOver(holdfast, place.sessionId).then((at) => at - atMs);
  const outcome = await holdfast.sessions.wait({ sessionId: place.sessionId, timeoutMs: 20_000 });
  const found = await judgeLog(store, place);
  const ends = outcome.status === "completed" ? [] : [`expected the session to be completed, found ${outcome.status}`];
  return { broken: [...ends, ...found], takeOverMs };
};

const untilTakenOver = async (
  holdfast: Awaited<ReturnType<typeof openPlot>>["holdfast"],
  sessionId: string,
): Promise<number> => {
  for await (const item of holdfast.sessions.events({ sessionId, signal: AbortSignal.timeout(20_000) })) {
    // Where nothing had started, the take-over is the start itself.
    if (item.kind === "event" && item.event.type === "execution.recovered") return performance.now();
    if (item.kind === "event" && item.event.type === "execution.ended") return performance.now();
  }
  return performance.now();
};

/** A victim is killed at a point; a runtime with policy `park` writes and spends nothing until it is asked to resume. */
const parkAfter = async (point: string, stumble?: Stumble): Promise<readonly string[]> => {
  await using scratch = await makeScratch();
  const { directory, store: file } = scratch;
  const place = { directory, store: file, sessionId: "ses_plot", ...stumbling(stumble) };
  const { broken } = await killAt(place, point);
  if (broken.length > 0) return broken;
  const { holdfast, store, model } = await openPlot(place, { recovery: "park" });
  await using _runtime = holdfast;
  const before = await readLog(store, place.sessionId);
  const claim = JSON.stringify((await store.snapshot(place.sessionId as never))?.claim);
  await sleep(1_200);
  const { sessionId } = place;
  const info = await holdfast.sessions.recovery({ sessionId });
  const found: string[] = [];
  if ((await readLog(store, sessionId)).length !== before.length) found.push("parking wrote events");
  if (JSON.stringify((await store.snapshot(sessionId as never))?.claim) !== claim) found.push("parking took the claim");
  if (model.calls > 0) found.push("parking asked the model");
  const expected = point === "B0" ? "unclaimed" : point === "B7" ? "none" : "parked";
  if (info.status !== expected) found.push(`expected recovery() to say ${expected}, found ${info.status}`);
  if (info.status === "parked" && info.reason === "") found.push("recovery() gave no reason");
  await holdfast.sessions.resume({ sessionId });
  const outcome = await holdfast.sessions.wait({ sessionId, timeoutMs: 20_000 });
  if (outcome.status !== "completed") found.push(`expected resume() to complete it, found ${outcome.status}`);
  return [...found, ...(await judgeLog(store, place))];
};

/** SIGKILL right after each boundary and around an ask, with every policy. */
export const kill: Torture = {
  name: "kill",
  proves: "a process that is killed right after any durable boundary loses nothing, repeats nothing, and is taken over",
  run: async ({ full }): Promise<Outcome> => {
    const broken: string[] = [];
    let kills = 0;
    // The later occurrences of a boundary are in later steps, with more behind them.
    const occurrences = full ? [1, 2, 3] : [1, 2];
    for (const boundary of boundaries) {
      for (const time of occurrences) {
        if (time > timesOf(boundary)) continue;
        const point = time === 1 ? boundary : `${boundary}#${time}`;
        const resumed = await resumeAfter(point);
        broken.push(...resumed.broken.map((sentence) => `${point}, resume: ${sentence}`));
        kills += 1;
      }
      const parked = await parkAfter(boundary);
      broken.push(...parked.map((sentence) => `${boundary}, park: ${sentence}`));
      kills += 1;
    }
    for (const stumble of stumbles) {
      const resumed = await resumeAfter("retry.scheduled", stumble);
      const parked = await parkAfter("retry.scheduled", stumble);
      for (const sentence of [...resumed.broken, ...parked]) broken.push(`retry.scheduled, ${stumble}: ${sentence}`);
      kills += 2;
    }
    for (const moment of askMoments) {
      for (const recovery of ["resume", "park"] as const) {
        const found = await killAsking(moment, recovery);
        broken.push(...found.map((sentence) => `${moment.point}, ${recovery}: ${sentence}`));
        kills += 1;
      }
    }
    const times: number[] = [];
    for (let round = 0; round < takeOvers; round++) {
      const point = boundaries[2 + (round % 5)] ?? "B2";
      const { broken: found, takeOverMs } = await resumeAfter(point);
      broken.push(...found.map((sentence) => `${point}, take-over ${round}: ${sentence}`));
      // Far above what it takes, and far below what it takes for a claim to expire: the owner's death was seen.
      if (takeOverMs > 5_000) broken.push(`${point}, take-over ${round}: it took ${Math.round(takeOverMs)} ms`);
      times.push(takeOverMs);
      kills += 1;
    }
    return {
      done: {
        kills,
        "take-over, median of 20 (ms)": Math.round(median(times)),
        "take-over, slowest (ms)": Math.round(Math.max(...times)),
      },
      broken,
    };
  },
};

/** How often the plot reaches a boundary before its end. */
const timesOf = (boundary: (typeof boundaries)[number]): number => {
  if (boundary === "B0" || boundary === "B1" || boundary === "B7") return 1;
  return boundary === "B2" ? 3 : 2;
};
