import { isJsonObject, parseJson } from "@holdfast/core";
import { noUsage } from "@holdfast/core/event";

import { definitionOf, runCall } from "./fake-call.ts";
import { toCallOptions } from "./fake-prompt.ts";
import { stopped } from "./call-stopped.ts";
import { toFailure } from "./to-failure.ts";
import { untilAborted } from "./until-aborted.ts";

import type { LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { CallId, MessageId, StepId } from "@holdfast/core";
import type { EventDraft, ExecutionOutcome, Failure, Usage } from "@holdfast/core/event";
import type { FakeScope } from "./fake-scope.ts";
import type { FakeRequest } from "./fake-prompt.ts";

/** A step whose beginning is durable. */
export interface Begun {
  readonly stepId: StepId;
  readonly messageId: MessageId;
  readonly index: number;
  readonly agent: string;
  readonly request: FakeRequest;
}

/** How a step came to its end, and what is still to be written of it. */
export type StepEnd =
  | { readonly kind: "ended"; readonly events: readonly EventDraft[]; readonly goesOn: boolean }
  | {
      readonly kind: "stopped";
      readonly events: readonly EventDraft[];
      readonly outcome: ExecutionOutcome;
      readonly failure: Failure;
    };

type Kind = "text" | "reasoning";
type Part<TType extends LanguageModelV4StreamPart["type"]> = Extract<
  LanguageModelV4StreamPart,
  { readonly type: TType }
>;

/** One answer of the model, with its calls. No request is made twice: an answer that breaks fails the step. */
export class FakeStep {
  readonly #lane: FakeScope;
  readonly #begun: Begun;
  readonly #positions = new Map<string, number>();
  readonly #blocks = new Map<string, { readonly kind: Kind; readonly position: number; text: string }>();
  /** Calls whose input is no object: made only where the answer is whole. */
  readonly #doubtful: Part<"tool-call">[] = [];
  readonly #running = new Map<CallId, Promise<void>>();
  readonly #settled = new Set<CallId>();
  #next = 0;
  #finish: Part<"finish"> | undefined;

  constructor(lane: FakeScope, begun: Begun) {
    this.#lane = lane;
    this.#begun = begun;
  }

  async run(): Promise<StepEnd> {
    const { kernel, signal } = this.#lane;
    const { stepId } = this.#begun;
    try {
      await this.#read();
      for (const part of this.#doubtful) await this.#call(part);
      await this.#endAttempt({ status: "finished", finish: this.#finish?.finishReason.unified ?? "other" });
      await Promise.all(this.#running.values());
      signal.throwIfAborted();
      const ended = kernel.draft("step.ended", { stepId, finish: this.#finish?.finishReason.unified ?? "other" });
      return { kind: "ended", events: [ended], goesOn: this.#running.size > 0 };
    } catch (error) {
      if (kernel.disposal.aborted) throw error;
      return this.#stopped(error);
    }
  }

  async #read(): Promise<void> {
    const { kernel, signal } = this.#lane;
    const { stream } = await kernel.options.model.doStream(toCallOptions(this.#begun.request, signal));
    const reader = stream.getReader();
    try {
      for (;;) {
        const { done, value } = await untilAborted(reader.read(), signal);
        if (done) break;
        if (value.type === "error") throw value.error;
        await this.#take(value);
      }
    } finally {
      reader.cancel().catch(() => {});
    }
    if (this.#finish === undefined) throw new Error("the answer ended in the middle");
    for (const id of this.#blocks.keys()) await this.#endBlock(id, {});
  }

  async #take(part: LanguageModelV4StreamPart): Promise<void> {
    switch (part.type) {
      case "text-start":
        return this.#beginBlock(part.id, "text");
      case "reasoning-start":
        return this.#beginBlock(part.id, "reasoning");
      case "text-delta":
      case "reasoning-delta":
        return this.#addToBlock(part.id, part.delta);
      case "text-end":
      case "reasoning-end":
        return this.#endBlock(part.id, {});
      case "tool-input-start":
        this.#positions.set(part.id, this.#next);
        this.#lane.live.begin(this.#begun.messageId, this.#next++, { kind: "tool-input", name: part.toolName });
        return;
      case "tool-input-delta":
        this.#lane.live.add(this.#positions.get(part.id) ?? -1, part.delta);
        return;
      case "tool-call":
        return isObject(part.input) ? this.#call(part) : void this.#doubtful.push(part);
      case "finish":
        this.#finish = part;
        return;
      default:
    }
  }

  #beginBlock(id: string, kind: Kind): void {
    const position = this.#next++;
    this.#blocks.set(id, { kind, position, text: "" });
    this.#lane.live.begin(this.#begun.messageId, position, { kind });
  }

  #addToBlock(id: string, delta: string): void {
    const block = this.#blocks.get(id);
    if (block === undefined) return;
    block.text += delta;
    this.#lane.live.add(block.position, delta);
  }

  async #endBlock(id: string, cut: { readonly cut?: true }): Promise<void> {
    const block = this.#blocks.get(id);
    if (block === undefined) return;
    this.#blocks.delete(id);
    const { kernel, live } = this.#lane;
    const { messageId } = this.#begun;
    const { kind, position, text } = block;
    live.end(position);
    // A block in which nothing came is none.
    if (text === "") return;
    const type = kind === "text" ? "text.ended" : "reasoning.ended";
    await this.#lane.commit([kernel.draft(type, { messageId, position, text, ...cut })]);
  }

  async #call({ toolCallId, toolName: name, input }: Part<"tool-call">): Promise<void> {
    const { kernel, live } = this.#lane;
    const { stepId, messageId, agent } = this.#begun;
    const callId = kernel.ids.next("cal");
    const position = this.#positions.get(toolCallId) ?? this.#next++;
    const tool = kernel.options.tools?.find((one) => one.name === name);
    const definition = tool === undefined ? {} : { definition: definitionOf(tool) };
    live.end(position);
    await this.#lane.commit([
      kernel.draft("tool.called", {
        callId,
        stepId,
        messageId,
        position,
        providerCallId: toolCallId,
        name,
        input,
        ...definition,
      }),
    ]);
    const run = async (): Promise<void> => {
      const outcome = await runCall(this.#lane, { callId, messageId, name, input, agent });
      // What is interrupted or disposed of is settled with its step.
      if (this.#lane.signal.aborted) return;
      this.#settled.add(callId);
      await this.#lane.commit([kernel.draft("tool.settled", { callId, outcome })]);
    };
    this.#running.set(callId, run());
  }

  async #endAttempt(ended: {
    readonly status: "finished" | "cut" | "error";
    readonly finish?: string;
    readonly failure?: Failure;
  }): Promise<void> {
    const { kernel } = this.#lane;
    const usage = usageOf(this.#finish);
    await this.#lane.commit([
      kernel.draft("attempt.ended", { stepId: this.#begun.stepId, attempt: 1, usage, cost: 0, ...ended }),
    ]);
  }

  async #stopped(reason: unknown): Promise<StepEnd> {
    const { kernel, signal, sessionId } = this.#lane;
    const { stepId } = this.#begun;
    const isInterrupted = signal.aborted;
    const failure: Failure = isInterrupted
      ? { class: "aborted", message: "The session was interrupted." }
      : toFailure(reason);
    for (const id of this.#blocks.keys()) await this.#endBlock(id, { cut: true });
    const snapshot = await kernel.snapshot(sessionId);
    if (snapshot.attempt?.state === "open")
      await this.#endAttempt({ status: isInterrupted ? "cut" : "error", failure });
    await Promise.all(this.#running.values());
    const { asks, calls } = await kernel.snapshot(sessionId);
    const events = [
      ...asks.map(({ askId }) => kernel.draft("ask.expired", { askId, reason: "interrupted" })),
      ...calls.map(({ callId }) =>
        kernel.draft("tool.settled", { callId, outcome: stopped("cancelled", "The session was interrupted.") }),
      ),
      kernel.draft("step.failed", { stepId, failure }),
    ];
    return { kind: "stopped", events, outcome: isInterrupted ? "interrupted" : "failed", failure };
  }
}

const isObject = (input: string): boolean => {
  const parsed = parseJson(input === "" ? "{}" : input);
  return parsed.ok && isJsonObject(parsed.value);
};

const usageOf = (finish: Part<"finish"> | undefined): Usage => {
  const { inputTokens, outputTokens } = finish?.usage ?? {};
  return { ...noUsage, input: inputTokens?.total ?? 0, output: outputTokens?.total ?? 0 };
};
