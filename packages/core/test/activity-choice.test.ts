import { describe, expect, it } from "vitest";

import { activityChoice, activityInputs } from "../src/session/decide/activity-choice.ts";
import { History } from "../src/session/history.ts";

import type { AssistantMessage, Message, UserMessage } from "../src/session/message.ts";

type Draft = string | Pick<AssistantMessage, "status" | "content">;

const call = { type: "call", position: 0, callId: "cal_1", providerCallId: "1", name: "look", input: "{}" } as const;
const called = { ...call, state: "settled" } as unknown as AssistantMessage["content"][number];
/** An answer whose calls had results, one that is whole, and one that came to nothing after a call. */
const calls: Draft = { status: "finished", content: [called] };
const answer: Draft = { status: "finished", content: [{ type: "text", position: 0, text: "Done." }] };
const failed: Draft = { status: "error", content: [called] };
const cut: Draft = { status: "cut", content: [] };

/** A history of inputs, named by their texts, and answers; each message's seq is its place. */
const historyOf = (drafts: readonly Draft[]): History => {
  const history = new History();
  for (const [seq, draft] of drafts.entries()) {
    const message =
      typeof draft === "string"
        ? { role: "user", messageId: `msg_${seq}`, seq, text: draft, delivery: "steer" }
        : {
            role: "assistant",
            messageId: `msg_${seq}`,
            seq,
            stepId: `stp_${seq}`,
            agent: "a",
            model: { id: "m" },
            ...draft,
          };
    history.restore(message as Message);
  }
  return history;
};

describe("activityInputs", () => {
  it.each<[string, readonly Draft[], number, readonly string[]]>([
    ["none of an empty session", [], -1, []],
    ["what opened it", ["one"], -1, ["one"]],
    ["several that opened it together", ["one", "two"], -1, ["one", "two"]],
    ["what opened it, while its answer is made", ["one", calls, cut], -1, ["one"]],
    ["what steered it since", ["one", calls, "two", calls, "three"], -1, ["one", "two", "three"]],
    ["nothing of the activity before", ["one", calls, answer, "two", calls, "three"], -1, ["two", "three"]],
    ["nothing from before a step that came to nothing", ["one", failed, "two"], -1, ["two"]],
    ["what is before a second attempt of a step", ["one", failed, calls, "two"], -1, ["one", "two"]],
    ["nothing of the execution before", ["one", calls, "two", calls], 1, ["two"]],
  ])("gives %s", (...[, drafts, afterSeq, expected]) => {
    expect(activityInputs(historyOf(drafts), afterSeq).map(({ text }) => text)).toEqual(expected);
  });
});

describe("activityChoice", () => {
  it("takes of agent and model what the latest input names that names one", () => {
    const [one, two] = [{ id: "one" }, { id: "two" }];
    const inputs: readonly Pick<UserMessage, "agent" | "model">[] = [
      { agent: "first", model: one },
      { model: two },
      { agent: "second" },
      {},
    ];
    expect(activityChoice(inputs)).toEqual({ agent: "second", model: two });
    expect(activityChoice([{}, {}])).toEqual({});
  });
});
