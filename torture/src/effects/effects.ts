import { startChild } from "../child-process.ts";
import { makeScratch } from "../scratch.ts";
import { killedWhileAsking, replies } from "./asked.ts";
import { judgeScene } from "./judge.ts";
import { openScene, sessionId } from "./scene.ts";

import type { ReplayPolicy } from "@holdfast/core/tool";
import type { Outcome, Torture } from "../torture.ts";
import type { Expected } from "./judge.ts";
import type { Scene } from "./scene.ts";

const boundaries = ["B0", "B1", "B2", "B3", "B4", "B5", "B6", "B7"].map((boundary) => `after:${boundary}`);
/** Within `execute`, between B4 and B5: right before the effect, and right after it. */
const within = ["effect:before", "effect:after"];
const policies: readonly ReplayPolicy[] = ["never", "safe", "keyed", "probe"];
/** Who goes on: the same host, started again, or another process, which was there before and discovers it. */
const takers = ["restarted", "another"] as const;
type Taker = (typeof takers)[number];

interface Round {
  readonly point: string;
  readonly policy: ReplayPolicy;
  readonly taker: Taker;
}

/** How many rounds run at once. */
const lanes = 3;
const host = new URL("host.ts", import.meta.url);

/** What must come of a kill, by what had happened and by what the tool's policy says. */
const expectedOf = ({ point, policy }: Round): Expected => {
  const once: Expected = { verdict: undefined, times: [1], outcome: "completed" };
  if (point === "after:B3") return { ...once, verdict: "run" };
  const wasDone = point === "effect:after";
  if (point !== "after:B4" && point !== "effect:before" && !wasDone) return once;
  switch (policy) {
    case "never":
      return { verdict: "unknown", times: [wasDone ? 1 : 0], outcome: "unknown-outcome" };
    case "safe":
      return { verdict: "repeat", times: [wasDone ? 2 : 1], outcome: "completed" };
    case "keyed":
      return { ...once, verdict: "repeat" };
    case "probe":
      return { ...once, verdict: wasDone ? "happened" : "repeat" };
    default:
      return policy satisfies never;
  }
};

const play = async (round: Round): Promise<readonly string[]> => {
  await using scratch = await makeScratch();
  const { directory, store: path } = scratch;
  const scene: Scene = { directory, store: path, policy: round.policy, isBlind: false };
  await using stack = new AsyncDisposableStack();
  const open = async (recovery: "off" | "resume") => {
    const opened = await openScene(scene, { recovery });
    stack.use(opened.holdfast);
    return opened;
  };
  const early = round.taker === "another" ? await open("resume") : undefined;
  {
    await using victim = startChild(host, { ...scene, part: "work" }, { fault: `${round.point}=kill` });
    if ((await victim.ended).signal !== "SIGKILL")
      return ["the victim was not killed: its fault point was never reached"];
  }
  if (round.taker === "restarted") {
    await using again = startChild(host, { ...scene, part: "work" });
    const { status } = (await again.next()) as { readonly status: string };
    if (status !== "completed") return [`expected the restarted host to complete it, found ${status}`];
    await again.ended;
  }
  const { holdfast, store } = early ?? (await open("off"));
  const { status } = await holdfast.sessions.wait({ sessionId, timeoutMs: 20_000 });
  const broken = status === "completed" ? [] : [`expected the session to be completed, found ${status}`];
  return [...broken, ...(await judgeScene(store, scene, expectedOf(round)))];
};

/** The rounds of a short run: where policies differ, each once. */
const isShort = ({ point, taker }: Round): boolean =>
  taker === "another" ? point === "after:B4" || point === "effect:after" : point === "after:B3";

/** SIGKILL at each boundary and within the effect, with every replay policy, taken up by the same host or by another process. */
export const effects: Torture = {
  name: "effects",
  proves:
    "whatever kills a process, no effect of a tool is repeated that must not be, what recovery says of it is so, and no ask is lost",
  run: async ({ full }): Promise<Outcome> => {
    const rounds = [...boundaries, ...within]
      .flatMap((point) => policies.flatMap((policy) => takers.map((taker): Round => ({ point, policy, taker }))))
      .filter((round) => full || isShort(round));
    const broken: string[] = [];
    const waiting = [...rounds];
    const lane = async (): Promise<void> => {
      for (let round = waiting.shift(); round !== undefined; round = waiting.shift()) {
        const { point, policy, taker } = round;
        const found = await play(round);
        broken.push(...found.map((sentence) => `${point}, ${policy}, ${taker}: ${sentence}`));
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    const asked = full ? replies : replies.slice(0, 1);
    for (const reply of asked)
      broken.push(...(await killedWhileAsking(reply)).map((sentence) => `asked, ${reply}: ${sentence}`));
    return {
      done: { kills: rounds.length + 3 * asked.length, rounds: rounds.length, "kills around an ask": 3 * asked.length },
      broken,
    };
  },
};
