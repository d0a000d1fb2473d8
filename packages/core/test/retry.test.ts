import { assert, nat, property, string } from "fast-check";
import { describe, expect, it } from "vitest";

import { failureClassSchema } from "../src/event/failure.ts";
import { noUsage } from "../src/event/add-usage.ts";
import { scheduleRetry } from "../src/session/decide/schedule-retry.ts";
import { History } from "../src/session/history.ts";
import { sha256 } from "./grow-session.ts";

import type { DurableEvent, EventDataOf, EventType } from "../src/event/catalogue.ts";
import type { StepId } from "../src/ids/id.ts";

const stepId = "stp_1" as StepId;
const terms = { limit: 4, firstMs: 2_000, hash: sha256 };
const failed = { stepId, class: "overloaded", retries: 0 } as const;

const delayFor = (retryAfterMs: number): number | undefined =>
  scheduleRetry({ ...failed, retryAfterMs }, terms)?.delayMs;

describe("scheduleRetry", () => {
  it("retries what may pass by itself, and nothing else", () => {
    const retried = failureClassSchema.options.filter((name) => scheduleRetry({ ...failed, class: name }, terms));
    expect(retried).toEqual(["rate-limit", "overloaded", "transport", "incomplete-stream"]);
  });

  it("retries four times and no more", () => {
    const retries = [0, 1, 2, 3, 4, 5].map((count) => scheduleRetry({ ...failed, retries: count }, terms)?.retry);
    expect(retries).toEqual([1, 2, 3, 4, undefined, undefined]);
  });

  it("doubles the pause, and adds up to half of it by chance", () => {
    assert(
      property(string(), nat(3), (id, retries) => {
        const { delayMs = 0 } = scheduleRetry({ ...failed, stepId: `stp_${id}` as StepId, retries }, terms) ?? {};
        const least = 2_000 * 2 ** retries;
        expect(delayMs).toBeGreaterThanOrEqual(least);
        expect(delayMs).toBeLessThanOrEqual(least * 1.5);
      }),
    );
    const delays = Array.from({ length: 50 }, (_, index) =>
      scheduleRetry({ ...failed, stepId: `stp_${index}` as StepId }, terms),
    );
    expect(new Set(delays.map((retry) => retry?.delayMs)).size).toBeGreaterThan(40);
  });

  it("waits as long as the provider asked, up to 15 minutes, and never less than its own pause", () => {
    expect(delayFor(20_000)).toBe(20_000);
    expect(delayFor(86_400_000)).toBe(900_000);
    expect(delayFor(Number.POSITIVE_INFINITY)).toBe(900_000);
    expect(delayFor(0)).toBe(delayFor(-5_000));
    expect(delayFor(0)).toBeGreaterThanOrEqual(2_000);
  });
});

const told = <TType extends EventType>(type: TType, data: Partial<EventDataOf<TType>>) => ({ type, data });
const model = { id: "m" };
const attempt = (number: number, messageId: string) =>
  told("attempt.started", { stepId, attempt: number, messageId: messageId as never });
const failure = { class: "overloaded", message: "Busy." } as const;
const beginning = [
  told("step.started", { stepId, agent: "a", model }),
  attempt(1, "msg_1"),
  told("attempt.ended", { stepId, attempt: 1, status: "error", failure, usage: noUsage, cost: 0 }),
  told("retry.scheduled", { stepId, attempt: 1, retry: 1, class: "overloaded", delayMs: 500 }),
];
const fold = (events: readonly { readonly type: EventType; readonly data: object }[]): History => {
  const history = new History();
  for (const [seq, event] of events.entries()) history.apply({ ...event, seq, time: 1_000 } as unknown as DurableEvent);
  return history;
};

describe("a message of an attempt that is made again", () => {
  it("says when that will be, until it is", () => {
    const waiting = fold(beginning);
    expect(waiting.messages).toMatchObject([{ status: "error", failure, retryTime: 1_500 }]);
    expect(waiting.retry).toMatchObject({ stepId, attempt: 1, retry: 1, dueTime: 1_500 });
    const [again] = fold([...beginning, attempt(2, "msg_1")]).messages;
    expect(again).toMatchObject({ status: "open" });
    expect(again).not.toHaveProperty("retryTime");
    expect(again).not.toHaveProperty("failure");
  });

  it("keeps its failure where the next attempt answers in a new message, and where the step fails", () => {
    for (const next of [attempt(2, "msg_2"), told("step.failed", { stepId, failure })]) {
      const [before] = fold([...beginning, next]).messages;
      expect(before).toMatchObject({ status: "error", failure });
      expect(before).not.toHaveProperty("retryTime");
    }
  });
});
