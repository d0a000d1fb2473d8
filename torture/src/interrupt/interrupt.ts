import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, text } from "@holdfast/testkit";

import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";
import { median } from "../torture.ts";
import { holdSession } from "./held-session.ts";
import { judge, waiting } from "./judge.ts";
import { points } from "./points.ts";

import type { Holdfast } from "@holdfast/core";
import type { Child } from "../child-process.ts";
import type { Outcome, Torture } from "../torture.ts";
import type { HeldPlace } from "./held-session.ts";

const holder = new URL("holder.ts", import.meta.url);

interface Interrupted {
  readonly idleMs: number;
  readonly broken: readonly string[];
}

/** Interruptions at every point of a turn, from the process that works and from another one. */
export const interrupt: Torture = {
  name: "interrupt",
  proves:
    "an interruption at any point of a turn, from the same or another process, ends it once, keeps the inbox, and leaves no process",
  run: async ({ full }): Promise<Outcome> => {
    const rounds = full ? 20 : 2;
    const broken: string[] = [];
    const done: Record<string, string | number> = { points: Object.keys(points).length, rounds };
    await using child = startChild(holder, null);
    await child.next();
    const halves = { "same process": here, "another process": (place: HeldPlace) => elsewhere(place, child) };
    for (const [half, play] of Object.entries(halves)) {
      const times: number[] = [];
      let slowest = { point: "", idleMs: 0 };
      for (const point of Object.keys(points).flatMap((name) => Array.from({ length: rounds }, () => name))) {
        await using scratch = await makeScratch();
        const { directory, store } = scratch;
        const { idleMs, broken: found } = await play({ directory, store, sessionId: "ses_held", point });
        broken.push(...found.map((sentence) => `${point}, ${half}: ${sentence}`));
        times.push(idleMs);
        if (idleMs > slowest.idleMs) slowest = { point, idleMs };
      }
      done[`time to idle, ${half}, median (ms)`] = median(times).toFixed(1);
      done[`time to idle, ${half}, slowest (ms)`] = `${slowest.idleMs.toFixed(1)} (${slowest.point})`;
    }
    child.say("end");
    const { code } = await child.ended;
    if (code !== 0) broken.push(`the process that held the sessions ended with ${code}`);
    return { done, broken };
  },
};

const here = async (place: HeldPlace): Promise<Interrupted> => {
  await using held = await holdSession(place);
  return await interruptAt(held.holdfast, place, held.go);
};

const elsewhere = async (place: HeldPlace, child: Child): Promise<Interrupted> => {
  child.say(JSON.stringify(place));
  await child.next();
  await using holdfast = await createRuntime({
    store: await openSqliteStore({ path: place.store }),
    model: () => ({ model: scriptedModel(() => [text("Here.")]) }),
  });
  const interrupted = await interruptAt(holdfast, place, () => child.say("go"));
  child.say("leave");
  await child.next();
  return interrupted;
};

/** Interrupts the session, lets go of what holds it, and says how long it took to rest, and what does not hold then. */
const interruptAt = async (holdfast: Holdfast, place: HeldPlace, go: () => void): Promise<Interrupted> => {
  const { sessions } = holdfast;
  const { sessionId, point } = place;
  await sessions.prompt({ sessionId, text: waiting, delivery: "queue" });
  const startedAt = performance.now();
  const { status } = await sessions.interrupt({ sessionId });
  go();
  const rest = await sessions.wait({ sessionId, timeoutMs: 20_000 });
  const idleMs = performance.now() - startedAt;
  const expected = points[point]?.outcome === "completed" ? "nothing-running" : "requested";
  await using store = await openSqliteStore({ path: place.store });
  const found = await judge(holdfast, store, place);
  await sessions.prompt({ sessionId, text: "And now?" });
  const later = await sessions.wait({ sessionId, timeoutMs: 20_000 });
  const left = await sessions.inputs({ sessionId });
  return {
    idleMs,
    broken: [
      ...(status === expected ? [] : [`the interruption was answered with ${status}`]),
      ...found.map((sentence) => `${sentence} (rest: ${rest.status})`),
      ...(later.status === "completed" && left.length === 0
        ? []
        : [`the next prompt came to ${later.status}, with ${left.length} inputs left`]),
    ],
  };
};
