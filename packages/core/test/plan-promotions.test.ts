import { describe, expect, it } from "vitest";

import { planPromotions } from "../src/session/decide/plan-promotions.ts";
import { History } from "../src/session/history.ts";

import type { DurableEvent } from "../src/event/catalogue.ts";
import type { Message } from "../src/session/message.ts";
import type { InputRow } from "../src/store/rows.ts";
import type { StepGround } from "../src/session/decide/plan-promotions.ts";

const said = { role: "user", messageId: "msg_1", seq: 1, text: "Begin.", delivery: "steer", agent: "first" };
const answered = {
  role: "assistant",
  messageId: "msg_2",
  seq: 2,
  stepId: "stp_1",
  agent: "first",
  model: { id: "m" },
  status: "finished",
  content: [{ type: "call", position: 0, callId: "cal_1", name: "look", input: "{}", state: "settled" }],
};

/** A session in the middle of an activity, in which one more input waits. */
const ground = (waiting: Partial<InputRow> = {}): StepGround => {
  const history = new History();
  for (const message of [said, answered]) history.restore(message as unknown as Message);
  history.apply({
    type: "input.admitted",
    data: { messageId: "msg_3", text: "And this.", delivery: "steer", model: { id: "other" } },
  } as unknown as DurableEvent);
  const row = {
    messageId: "msg_3",
    seq: 3,
    kind: "prompt",
    valueSeq: 3,
    delivery: "steer",
    state: "pending",
    awake: 1,
    ...waiting,
  };
  return {
    history,
    inputs: [row as unknown as InputRow],
    opening: false,
    cutoffSeq: 3,
    startedSeq: 0,
    indexBefore: 4,
  };
};

describe("planPromotions", () => {
  it("shows what steers first, begins the activity's steps anew, and asks for what its inputs name together", () => {
    const { promotions, promoted, index, choice } = planPromotions(ground());
    expect(promotions.map(({ messageId }) => messageId)).toEqual(["msg_3"]);
    expect(promoted).toMatchObject([{ messageId: "msg_3", seq: 3, text: "And this." }]);
    expect(index).toBe(1);
    expect(choice).toEqual({ agent: "first", model: { id: "other" } });
  });

  it("goes on with the activity where nothing is due", () => {
    for (const waiting of [{ seq: 4 }, { awake: 0 }, { delivery: "queue" }] as const) {
      const plan = planPromotions(ground(waiting));
      expect(plan).toEqual({ promotions: [], promoted: [], index: 5, choice: { agent: "first" } });
    }
  });

  it("takes nothing from the activity before where it opens one", () => {
    const plan = planPromotions({ ...ground({ delivery: "queue" }), opening: true });
    expect(plan.promoted).toHaveLength(1);
    expect(plan.choice).toEqual({ model: { id: "other" } });
  });

  it("takes nothing from the execution before", () => {
    expect(planPromotions({ ...ground(), startedSeq: 2 }).choice).toEqual({ model: { id: "other" } });
  });
});
