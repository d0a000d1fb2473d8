import { History } from "@holdfast/core/session";
import { array, assert, boolean, constantFrom, nat, property, record } from "fast-check";
import { describe, expect, it } from "vitest";

import { PromptBuilder } from "../src/model/prompt-builder.ts";
import { expectPaired } from "./expect-paired.ts";

import type { LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { ModelRef, UserMessage } from "@holdfast/core";
import type { DurableEvent, EventType } from "@holdfast/core/event";
import type { Arbitrary } from "fast-check";

interface PartDraft {
  readonly type: "text" | "reasoning" | "call";
  readonly text: string;
  readonly isCut: boolean;
  readonly isSigned: boolean;
  readonly name: string;
  readonly outcome: "completed" | "failed" | "stopped" | "begun" | "called";
}

interface StepDraft {
  /** Inputs that are promoted with it. */
  readonly inputs: number;
  readonly model: number;
  readonly attempts: readonly {
    readonly parts: readonly PartDraft[];
    readonly end: "finished" | "cut" | "error" | "killed";
  }[];
}

const models: readonly ModelRef[] = [
  { provider: "acme", id: "one" },
  { provider: "acme", id: "two" },
  { provider: "other", id: "one" },
  { id: "one" },
];

const part: Arbitrary<PartDraft> = record({
  type: constantFrom("text", "reasoning", "call"),
  text: constantFrom("", "\n\n", "{}", '{"a":1}', '{"half', "Some words."),
  isCut: boolean(),
  isSigned: boolean(),
  name: constantFrom("look", "functions.look", ""),
  outcome: constantFrom("completed", "failed", "stopped", "begun", "called"),
});
const attempt = record({
  parts: array(part, { maxLength: 4 }),
  end: constantFrom("finished", "cut", "error", "killed"),
});
const step: Arbitrary<StepDraft> = record({
  inputs: nat(2),
  model: nat(models.length - 1),
  attempts: array(attempt, { minLength: 1, maxLength: 3 }),
});
const steps = array(step, { minLength: 1, maxLength: 8 });

/** A history that grows by events as a runner writes them, whatever became of attempts and calls. */
class Growing {
  readonly events: DurableEvent[] = [];
  readonly history = new History();
  readonly #onRequest: (model: number, history: History) => void;
  #count = 0;

  constructor(onRequest: (model: number, history: History) => void) {
    this.#onRequest = onRequest;
  }

  grow(drafts: readonly StepDraft[]): void {
    for (const draft of drafts) {
      // A step without inputs looks at results; where there are none, only an input brings the next one.
      const inputs = this.#hasResults() ? draft.inputs : Math.max(1, draft.inputs);
      for (let count = 0; count < inputs; count++) this.#promote();
      this.#step(draft);
    }
  }

  #hasResults(): boolean {
    const last = this.history.at(this.history.size - 1);
    return last?.role === "assistant" && last.status === "finished" && last.content.some(({ type }) => type === "call");
  }

  #promote(): void {
    const messageId = this.#id("msg");
    this.#write("input.admitted", { messageId, text: "Hi", delivery: "steer" });
    this.#write("input.promoted", { messageId });
  }

  #step({ model, attempts }: StepDraft): void {
    const stepId = this.#id("stp");
    this.#write("step.started", { stepId, agent: "default", model: models[model] });
    let before: { readonly messageId: string; readonly hasOutput: boolean } | undefined;
    for (const [index, { parts, end }] of attempts.entries()) {
      const synthetic = before?.hasOutput === true ? "Continue." : undefined;
      const messageId = before?.hasOutput === false ? before.messageId : this.#id("msg");
      if (synthetic === undefined) this.#onRequest(model, this.history);
      this.#write("attempt.started", {
        stepId,
        attempt: index + 1,
        messageId,
        ...(synthetic === undefined ? {} : { synthetic }),
      });
      for (const [position, draft] of parts.entries()) this.#part({ stepId, messageId, position, model }, draft);
      const usage = { input: 1, output: 1, reasoning: 0, cacheRead: 0, cacheWrite: 0 };
      const status = end === "killed" ? "cut" : end;
      this.#write("attempt.ended", { stepId, attempt: index + 1, status, usage, cost: 0 });
      before = { messageId, hasOutput: parts.length > 0 };
      if (end === "finished") return;
    }
  }

  #part(
    place: { readonly stepId: string; readonly messageId: string; readonly position: number; readonly model: number },
    draft: PartDraft,
  ): void {
    const { model, ...at } = place;
    const signed = draft.isSigned ? { providerMetadata: { acme: { signature: model } } } : {};
    if (draft.type !== "call") {
      const text = draft.type === "reasoning" && draft.text.trim() !== "" ? `Thought by ${model}.` : draft.text;
      this.#write(`${draft.type}.ended`, { ...at, text, ...(draft.isCut ? { cut: true } : {}), ...signed });
      return;
    }
    const { name, text: input, outcome: status } = draft;
    const callId = this.#id("cal");
    this.#write("tool.called", { ...at, callId, providerCallId: "call-1", name, input, ...signed });
    if (status === "called") return;
    this.#write("tool.begun", { callId });
    if (status !== "begun") this.#write("tool.settled", { callId, outcome: { status, content: "What came of it." } });
  }

  #write(type: EventType, data: object): void {
    const seq = this.events.length;
    const event = { type, seq, time: seq, data } as unknown as DurableEvent;
    this.events.push(event);
    this.history.apply(event);
  }

  #id(kind: string): string {
    return `${kind}_${this.#count++}`;
  }
}

const partsOf = (prompt: LanguageModelV4Prompt) =>
  prompt.flatMap((message) => (message.role === "assistant" ? message.content : []));

describe("a request over any history, with another model for each step", () => {
  it("is one that providers take, and the same whether it was built at once or from request to request", () => {
    assert(
      property(steps, (drafts) => {
        // One for each model, so that some of them have not looked for long.
        const builders = models.map((model) => new PromptBuilder(model, "Be brief."));
        const growing = new Growing((model, history) => {
          const built = builders[model]?.build(history);
          expectPaired(built?.prompt ?? []);
          expect(built).toEqual(new PromptBuilder(models[model] ?? { id: "" }, "Be brief.").build(history));
        });
        growing.grow(drafts);
      }),
      { numRuns: 300 },
    );
  });

  it("shows what is native to a model to that model alone, and visible reasoning of another one as text", () => {
    assert(
      property(steps, nat(models.length - 1), (drafts, model) => {
        const growing = new Growing(() => {});
        growing.grow(drafts);
        const parts = partsOf(new PromptBuilder(models[model] ?? { id: "" }, undefined).build(growing.history).prompt);
        for (const shown of parts) {
          if ("providerOptions" in shown) expect(shown.providerOptions).toEqual({ acme: { signature: model } });
          if (shown.type === "reasoning" && shown.text.trim() !== "") expect(shown.text).toBe(`Thought by ${model}.`);
        }
        const thought = growing.history.messages.flatMap((message) =>
          message.role === "assistant"
            ? message.content.filter(
                (kept) => kept.type === "reasoning" && kept.cut === undefined && kept.text.startsWith("Thought"),
              )
            : [],
        );
        const said = parts.filter((shown) => "text" in shown && shown.text.startsWith("Thought"));
        expect(said).toHaveLength(thought.length);
      }),
      { numRuns: 300 },
    );
  });

  it("is one that providers take wherever its log was broken off, once the next input is there", () => {
    assert(
      property(steps, nat(), nat(models.length - 1), (drafts, at, model) => {
        const growing = new Growing(() => {});
        growing.grow(drafts);
        const history = new History();
        for (const event of growing.events.slice(0, at % (growing.events.length + 1))) history.apply(event);
        const next = { role: "user", messageId: "msg_next", seq: 999, text: "Go on", delivery: "steer" } as UserMessage;
        expectPaired(
          new PromptBuilder(models[model] ?? { id: "" }, undefined).build(history, { added: [next] }).prompt,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("is the same before an outcome is in the log as after it, where the outcome is foreseen", () => {
    assert(
      property(steps, nat(models.length - 1), (drafts, model) => {
        const growing = new Growing(() => {});
        growing.grow(drafts);
        const before = new History();
        const after = new History();
        for (const event of growing.events) {
          after.apply(event);
          if (event.type === "tool.settled" && event.data.hosted === undefined) {
            const promptOf = (history: History, foreseen?: typeof event.data) =>
              new PromptBuilder(models[model] ?? { id: "" }, "Be brief.").build(history, { foreseen });
            expect(promptOf(before, event.data)).toEqual(promptOf(after));
          }
          before.apply(event);
        }
      }),
      { numRuns: 300 },
    );
  });
});
