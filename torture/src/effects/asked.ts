import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";
import { judgeScene } from "./judge.ts";
import { openScene, sessionId } from "./scene.ts";

import type { JsonValue, SessionId } from "@holdfast/core";
import type { Scene } from "./scene.ts";

/** What a person may say of an effect that nobody can see. */
export const replies = ["happened", "continue", "give-up"] as const;
type Reply = (typeof replies)[number];

const host = new URL("host.ts", import.meta.url);
const expectedOf = {
  happened: { verdict: "happened", times: [1], outcome: "completed" },
  continue: { verdict: "repeat", times: [2], outcome: "completed" },
  "give-up": { verdict: "unknown", times: [1], outcome: "unknown-outcome" },
} as const;

/**
 * A call whose effect nobody can see, through three kills: right after the effect, right after the ask is opened, and right after it was
 * answered. Neither the ask nor the call is lost, and the answer is obeyed.
 */
export const killedWhileAsking = async (reply: Reply): Promise<readonly string[]> => {
  await using scratch = await makeScratch();
  const { directory, store: path } = scratch;
  const scene: Scene = { directory, store: path, policy: "probe", isBlind: true };
  const killAt = async (part: JsonValue, point: string): Promise<readonly string[]> => {
    await using child = startChild(host, { ...scene, part }, { fault: `${point}=kill` });
    return (await child.ended).signal === "SIGKILL" ? [] : [`nobody was killed at ${point}`];
  };
  const broken = [...(await killAt("work", "effect:after")), ...(await killAt("resume", "after:ask.opened"))];
  if (broken.length > 0) return broken;
  const { holdfast, store } = await openScene(scene, { recovery: "resume" });
  await using _runtime = holdfast;
  const asking = await holdfast.sessions.wait({ sessionId, timeoutMs: 20_000 });
  if (asking.status !== "asking") broken.push(`expected the session to ask, found ${asking.status}`);
  const { asks } = await holdfast.asks.list({ sessionId });
  if (asks.length !== 1) broken.push(`expected one open ask, found ${asks.length}`);
  const call = (await store.snapshot(sessionId as SessionId))?.calls[0];
  if (call?.state !== "begun") broken.push(`expected the call to be open and begun, found ${call?.state ?? "none"}`);
  broken.push(...(await killAt({ answer: reply }, "after:ask.answered")));
  if (broken.length > 0) return broken;
  for (let look = 0; look < 100; look++) {
    const { status } = await holdfast.sessions.wait({ sessionId, timeoutMs: 20_000 });
    if (status === "completed") return await judgeScene(store, scene, expectedOf[reply]);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return ["the answer was never taken up"];
};
