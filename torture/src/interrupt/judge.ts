import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { verifySession } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";

import { readLog } from "../kill/judge-log.ts";
import { startTimeOf } from "../store/process-state.ts";
import { pidsFile, points } from "./points.ts";

import type { Holdfast, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { HeldPlace } from "./held-session.ts";

/** The input that waits in the inbox over the interruption. */
export const waiting = "Wait for the next turn.";

/** What of the promises does not hold for a session that was interrupted, and rests. */
export const judge = async (holdfast: Holdfast, store: Store, place: HeldPlace): Promise<readonly string[]> => {
  const { sessionId } = place;
  const broken: string[] = [];
  const expect = (holds: boolean, sentence: string): void => void (holds || broken.push(sentence));
  const isCompleted = points[place.point]?.outcome === "completed";
  const inbox = (await holdfast.sessions.inputs({ sessionId })).map((input) => input.text);
  // A turn that was not interrupted takes up what waits when it ends.
  const kept = isCompleted ? inbox.length === 0 : inbox.length === 1 && inbox[0] === waiting;
  expect(kept, `the inbox holds ${JSON.stringify(inbox)}`);
  const log = await readLog(store, sessionId);
  const ends = log.flatMap((event) => (event.type === "execution.ended" ? [event.data.outcome] : []));
  expect(ends.length === 1, `found ${ends.length} ends of the execution`);
  expect(ends[0] === (isCompleted ? "completed" : "interrupted"), `the execution came to ${ends[0]}`);
  const calls = log.filter(({ type }) => type === "tool.called").length;
  const settled = log.filter(({ type }) => type === "tool.settled").length;
  expect(calls === settled, `found ${settled} settlements of ${calls} calls`);
  const begun = log.filter(({ type }) => type === "tool.begun").length;
  const asked = log.filter(({ type }) => type === "ask.opened").length;
  const { asks } = await holdfast.asks.list({ sessionId });
  if (place.point === "ask") {
    expect(asked === 1 && asks.length === 0, `found ${asks.length} asks open of ${asked}`);
    expect(begun === 0, "a call was begun that nobody had allowed");
  }
  for (const pid of await pidsOf(place)) expect(await isGone(pid), `process ${pid} of a call is left`);
  const { chain, projections } = await verifySession(store, sessionId as SessionId, sha256);
  for (const finding of [...chain, ...projections]) broken.push(JSON.stringify(finding));
  return broken;
};

const pidsOf = async ({ directory, point }: HeldPlace): Promise<readonly number[]> => {
  if (point !== "execute") return [];
  const content = await readFile(join(directory, pidsFile), "utf8");
  return content.trim().split(" ").map(Number);
};

/** Whether it is gone, a moment later at the latest: what was killed is not gone at once. */
const isGone = async (pid: number): Promise<boolean> => {
  for (let tries = 0; tries < 50; tries++) {
    if (startTimeOf(pid) === null) return true;
    await sleep(20);
  }
  return false;
};
