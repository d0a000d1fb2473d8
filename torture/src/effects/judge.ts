import { judgeLog, readLog } from "../kill/judge-log.ts";
import { timesOf } from "./effect-log.ts";
import { sessionId } from "./scene.ts";

import type { DurableEvent, EventType } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { Scene } from "./scene.ts";

/** What must have come of a call, whatever killed its process. */
export interface Expected {
  /** The verdict of the last resume receipt on the call; undefined where it was not open, or there was no receipt. */
  readonly verdict: string | undefined;
  /** How often the effect may have happened. */
  readonly times: readonly number[];
  /** How the call was settled. */
  readonly outcome: "completed" | "unknown-outcome";
}

/** What of the promises does not hold for a scene that came to its end. */
export const judgeScene = async (store: Store, scene: Scene, expected: Expected): Promise<readonly string[]> => {
  const log = await readLog(store, sessionId);
  const broken = [...(await judgeLog(store, { directory: scene.directory, store: scene.store, sessionId }))];
  const [called] = dataOf(log, "tool.called");
  if (called === undefined) return [...broken, "the call was lost"];
  const times = await timesOf(scene.directory, called.callId);
  if (!expected.times.includes(times))
    broken.push(`expected the effect ${expected.times.join(" or ")} times, found ${times}`);
  const verdict = dataOf(log, "execution.recovered").at(-1)?.calls[0]?.verdict;
  if (verdict !== expected.verdict)
    broken.push(`expected the verdict ${expected.verdict ?? "none"}, found ${verdict ?? "none"}`);
  const outcome = dataOf(log, "tool.settled")[0]?.outcome;
  const found = outcome?.status === "stopped" ? outcome.reason : outcome?.status;
  if (found !== expected.outcome) broken.push(`expected the outcome ${expected.outcome}, found ${found ?? "none"}`);
  const keys = new Set(dataOf(log, "tool.begun").map(({ effectKey }) => effectKey));
  if (keys.size > 1) broken.push(`expected one effect key, found ${[...keys].join(", ")}`);
  return broken;
};

const dataOf = <TType extends EventType>(log: readonly DurableEvent[], type: TType) =>
  log
    .filter((event): event is DurableEvent<TType> & DurableEvent => event.type === type)
    .map(({ data }) => data as DurableEvent<TType>["data"]);
