import { genesisHash, sealEnvelope } from "../src/event/envelope.ts";
import { sessionId, sha256 } from "./grow-session.ts";

import type { SealedEnvelope } from "../src/event/envelope.ts";
import type { EventId } from "../src/ids/id.ts";
import type { JsonObject, JsonValue } from "../src/json/json-value.ts";

/** A log of many turns, each an input and an answer of the same text; where asked, with one input before them that nobody takes up. */
export const sealTurns = (
  count: number,
  { text = "Hi", recorded = false }: { readonly text?: JsonValue; readonly recorded?: boolean } = {},
): readonly SealedEnvelope[] => {
  const log: SealedEnvelope[] = [];
  const add = (type: string, data: JsonObject, fence: number | null = null): void => {
    const seq = log.length;
    const id = `evt_${seq}` as EventId;
    const prevHash = log.at(-1)?.hash ?? genesisHash;
    log.push(sealEnvelope({ id, sessionId, seq, type, version: 1, time: seq, fence, prevHash, data }, sha256).sealed);
  };
  const admitted = { payloadHash: "0".repeat(64), text, delivery: "steer", resume: true };
  const usage = { input: 0, output: 0, reasoning: 0, cacheRead: 0, cacheWrite: 0 };
  add("session.created", { location: { directory: "/a" }, project: "/a", agent: "a", title: "", denies: [] });
  if (recorded) add("input.admitted", { ...admitted, messageId: "msg_recorded", resume: false });
  for (let turn = 0; turn < count; turn++) {
    const [input, answer, executionId, stepId] = [`msg_u${turn}`, `msg_a${turn}`, `exe_${turn}`, `stp_${turn}`];
    add("input.admitted", { ...admitted, messageId: input });
    add("execution.started", { executionId, owner: "own_a", runtime: "r", denies: [], woken: [] }, 1);
    add("input.promoted", { messageId: input, executionId }, 1);
    add("step.started", { stepId, executionId, index: 1, agent: "a", model: { id: "m" } }, 1);
    add("attempt.started", { stepId, attempt: 1, messageId: answer, requestHash: "0".repeat(64) }, 1);
    add("text.ended", { messageId: answer, position: 0, text: "Hello" }, 1);
    add("attempt.ended", { stepId, attempt: 1, status: "finished", finish: "stop", usage, cost: 0 }, 1);
    add("step.ended", { stepId, finish: "stop" }, 1);
    add("execution.ended", { executionId, outcome: "completed" }, 1);
  }
  return log;
};
