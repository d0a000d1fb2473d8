import { verifySession } from "@holdfast/core/store";
import { sha256 } from "@holdfast/testkit";
import { expect } from "vitest";

import { dataOf } from "./stage.ts";

import type { SessionId } from "@holdfast/core";
import type { DurableEvent } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

/**
 * What holds for every session at rest, whatever its provider and tools did: one end for each call, attempt, step and execution, in
 * this order, nothing of them afterwards, places of a message used once, a whole chain, and rows that the log gives again.
 */
export const expectSound = async (store: Store, sessionId: SessionId): Promise<void> => {
  const log = (await store.events({ sessionId, after: -1, limit: 500 })) as readonly DurableEvent[];
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index));
  expectEnds(log, ["tool.called", "callId"], ["tool.settled"]);
  expectEnds(log, ["step.started", "stepId"], ["step.ended", "step.failed"]);
  expectEnds(log, ["execution.started", "executionId"], ["execution.ended"]);
  expectEnds(log, ["attempt.started", "stepId"], ["attempt.ended"]);
  for (const { callId } of dataOf(log, "tool.begun")) {
    expect(seqs(log, "tool.begun", callId)[0]).toBeGreaterThan(seqs(log, "tool.called", callId)[0] ?? Infinity);
    expect(seqs(log, "tool.begun", callId).at(-1)).toBeLessThan(seqs(log, "tool.settled", callId)[0] ?? -1);
  }
  for (const { callId, stepId } of dataOf(log, "tool.called")) {
    const ended = [...seqs(log, "step.ended", stepId), ...seqs(log, "step.failed", stepId)][0] ?? -1;
    expect(seqs(log, "tool.settled", callId)[0]).toBeLessThan(ended);
  }
  const places = [...dataOf(log, "text.ended"), ...dataOf(log, "reasoning.ended"), ...dataOf(log, "tool.called")].map(
    ({ messageId, position }) => `${messageId} ${position}`,
  );
  expect(new Set(places).size).toBe(places.length);
  const promoted = dataOf(log, "input.promoted").map(({ messageId }) => messageId);
  expect(new Set(promoted).size).toBe(promoted.length);
  expect(await verifySession(store, sessionId, sha256)).toEqual({ events: log.length, chain: [], projections: [] });
};

type Name = DurableEvent["type"];

/** As many ends as starts of each, the last end after the last start. */
const expectEnds = (
  log: readonly DurableEvent[],
  [start, key]: readonly [Name, string],
  ends: readonly Name[],
): void => {
  const ids = log.filter(({ type }) => type === start).map(({ data }) => textAt(data, key));
  for (const id of new Set(ids)) {
    const starts = seqs(log, start, id);
    const found = ends.flatMap((type) => seqs(log, type, id));
    expect(found, `ends of ${start} ${id}`).toHaveLength(starts.length);
    expect(found.at(-1)).toBeGreaterThan(starts.at(-1) ?? Infinity);
  }
};

const seqs = (log: readonly DurableEvent[], type: Name, id: string): readonly number[] =>
  log.filter((event) => event.type === type && Object.values(event.data).includes(id)).map(({ seq }) => seq);

const textAt = (data: object, key: string): string => String((data as { readonly [key: string]: unknown })[key]);
