import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chooseCut } from "../src/session/decide/choose-cut.ts";

import type { Message } from "../src/session/message.ts";
import type { StepId } from "../src/ids/id.ts";

interface Draft {
  readonly role: "user" | "assistant";
  /** Whether an answer belongs to the step of the one before. */
  readonly again: boolean;
  readonly tokens: number;
}

const draft: fc.Arbitrary<Draft> = fc.record({
  role: fc.constantFrom("user", "assistant", "assistant"),
  again: fc.boolean(),
  tokens: fc.integer({ min: 1, max: 100 }),
});

type Sized = Message & { readonly tokens: number };

const toMessages = (drafts: readonly Draft[]): readonly Sized[] => {
  let step = 0;
  return drafts.map(({ role, again, tokens }, index) => {
    const place = { messageId: `msg_${index}`, seq: 2 * index + 1, tokens };
    if (role === "user") return { ...place, role, text: "", delivery: "steer" } as unknown as Sized;
    const isAgain = again && drafts[index - 1]?.role === "assistant";
    if (!isAgain) step += 1;
    return {
      ...place,
      role,
      stepId: `stp_${step}`,
      content: [],
      status: "finished",
      ...(isAgain ? { synthetic: "Continue." } : {}),
    } as unknown as Sized;
  });
};

const tokensOf = (message: Message): number => (message as Sized).tokens;
const sum = (messages: readonly Message[]): number => messages.reduce((total, one) => total + tokensOf(one), 0);

describe("a cut", () => {
  const ground = fc.record({
    drafts: fc.array(draft, { maxLength: 40 }),
    keptTokens: fc.integer({ min: 0, max: 1_000 }),
    after: fc.integer({ min: -1, max: 30 }),
    isOpen: fc.boolean(),
  });

  it("parts no words of a person from the answer to them, and no answer from its own attempts; an open step stays", () => {
    fc.assert(
      fc.property(ground, ({ drafts, keptTokens, after, isOpen }) => {
        const messages = toMessages(drafts);
        const last = messages.at(-1);
        const openStepId = isOpen && last?.role === "assistant" ? last.stepId : undefined;
        const cut = chooseCut({ messages, afterSeq: after, keptTokens, openStepId, tokensOf });
        if (cut === undefined) return;
        const at = messages.findIndex(({ seq }) => seq > cut.throughSeq);
        const [before, next] = [messages.at(at < 0 ? -1 : at - 1), at < 0 ? undefined : messages[at]];
        expect(before?.role).toBe("assistant");
        if (before?.role === "assistant" && next?.role === "assistant") expect(next.stepId).not.toBe(before.stepId);
        // What goes was not summarised before, is of no open step, and is all that is older than what stays.
        expect(cut.replaced.length).toBeGreaterThan(0);
        expect(cut.replaced).toEqual(messages.filter(({ seq }) => seq > after && seq <= cut.throughSeq));
        for (const message of cut.replaced)
          if (message.role === "assistant") expect(message.stepId).not.toBe(openStepId ?? ("none" as StepId));
      }),
    );
  });

  it("keeps no more than fits, but for the newest exchange, and finds one wherever an answer is over", () => {
    fc.assert(
      fc.property(ground, ({ drafts, keptTokens, after }) => {
        const messages = toMessages(drafts);
        const cut = chooseCut({ messages, afterSeq: after, keptTokens, tokensOf });
        const rest = messages.filter(({ seq }) => seq > after);
        const lastAnswer = rest.findLastIndex(({ role }) => role === "assistant");
        expect(cut === undefined).toBe(lastAnswer < 0);
        if (cut === undefined) return;
        const kept = rest.filter(({ seq }) => seq > cut.throughSeq);
        // At the least: what came after the last answer.
        expect(sum(kept)).toBeLessThanOrEqual(Math.max(keptTokens, sum(rest.slice(lastAnswer + 1))));
      }),
    );
  });

  it("keeps as much as fits from where a person spoke", () => {
    const messages = toMessages(
      Array.from({ length: 10 }, (_, index) => ({
        role: index % 2 === 0 ? "user" : "assistant",
        again: false,
        tokens: 10,
      })),
    );
    const cut = chooseCut({ messages, afterSeq: -1, keptTokens: 45, tokensOf });
    expect(cut?.replaced).toHaveLength(6);
    // Within one activity, from where a step began.
    const steps = toMessages([
      { role: "user", again: false, tokens: 10 },
      ...Array.from({ length: 9 }, () => ({ role: "assistant" as const, again: false, tokens: 10 })),
    ]);
    expect(chooseCut({ messages: steps, afterSeq: -1, keptTokens: 45, tokensOf })?.replaced).toHaveLength(6);
  });
});
