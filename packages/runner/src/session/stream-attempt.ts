import { noUsage } from "@holdfast/core/event";

import { AnswerMeter } from "../model/answer-meter.ts";
import { toCallObject } from "../model/call-object.ts";
import { finishReason } from "../model/finish-reason.ts";
import { toFailure } from "../model/to-failure.ts";
import { textOf, toModelCall } from "../model/to-model-call.ts";
import { toUsage } from "../model/to-usage.ts";
import { CallInputs } from "./call-inputs.ts";
import { OpenBlock } from "./open-block.ts";
import { OpenBlocks } from "./open-blocks.ts";
import { readParts } from "./read-parts.ts";

import type { LanguageModelV4StreamPart, LanguageModelV4ToolCall } from "@ai-sdk/provider";
import type { Clock, MessageId } from "@holdfast/core";
import type { Failure, Usage } from "@holdfast/core/event";
import type { LiveHub } from "../live/live-hub.ts";
import type { ProviderCall } from "../model/to-model-call.ts";
import type { AssembledRequest } from "./assemble-request.ts";
import type { AttemptResult } from "./attempt-result.ts";
import type { Lane } from "./lane.ts";
import type { TakenAs } from "./read-parts.ts";
import type { WatchdogLimits } from "./watchdog.ts";

/** A call as the model asked for it. */
export interface ModelCall extends ProviderCall {
  readonly messageId: MessageId;
  readonly position: number;
}

type PartOf<TType extends LanguageModelV4StreamPart["type"]> = Extract<
  LanguageModelV4StreamPart,
  { readonly type: TType }
>;

/** What an answer is read with. */
export interface StreamReaderOptions {
  readonly messageId: MessageId;
  /** Where the next block or call of the message goes. */
  readonly position: number;
  readonly clock: Clock;
  /** Default: 120 s to the first event, 300 s between events. */
  readonly watchdog?: WatchdogLimits | undefined;
  readonly onCall: (call: ModelCall) => void;
}

/**
 * Reads one provider stream: fragments go live, blocks become durable at their ends, complete calls are handed on at once. A provider
 * is trusted with nothing: what it sends is made fit for the log when it is taken, or left out, or fails the attempt.
 */
export class StreamReader {
  readonly #lane: Lane;
  readonly #options: StreamReaderOptions;
  // By kind and ID: providers number the blocks of each kind by themselves.
  readonly #blocks: { readonly text: OpenBlocks; readonly reasoning: OpenBlocks };
  readonly #inputs: CallInputs;
  readonly #unreadable: ModelCall[] = [];
  readonly #meter = new AnswerMeter();
  #position: number;
  #finish: { readonly reason: string | undefined; readonly usage: Usage } | undefined;
  #failure: Failure | undefined;

  constructor(lane: Lane, hub: LiveHub, options: StreamReaderOptions) {
    this.#lane = lane;
    this.#options = options;
    this.#inputs = new CallInputs(lane, hub);
    const open = (kind: "text" | "reasoning") => (): OpenBlock => {
      this.#meter.countPart();
      return new OpenBlock(lane, hub, { messageId: options.messageId, position: this.#position++, kind });
    };
    this.#blocks = {
      text: new OpenBlocks(open("text"), this.#meter),
      reasoning: new OpenBlocks(open("reasoning"), this.#meter),
    };
    this.#position = options.position;
  }

  /** Makes the request and reads its answer to the end, or until the lane is stopped. Never rejects. */
  async read(request: AssembledRequest): Promise<AttemptResult> {
    const { model } = this.#lane.setting.model;
    const { signal } = this.#lane;
    const { clock, watchdog } = this.#options;
    try {
      await readParts((abortSignal) => model.doStream({ ...request.options, abortSignal }), {
        clock,
        signal,
        limits: watchdog,
        take: (part) => this.#take(part),
      });
    } catch (error) {
      // An abort in mid-stream arrives as the provider's own error, so the signal is asked first.
      if (!signal.aborted) this.#failure ??= toFailure(error);
    }
    return this.#close();
  }

  #take(part: LanguageModelV4StreamPart): TakenAs {
    if (typeof part !== "object" || part === null) return "noise";
    switch (part.type) {
      case "text-start":
      case "text-delta":
      case "text-end":
        return this.#blocks.text.take(part);
      case "reasoning-start":
      case "reasoning-delta":
      case "reasoning-end":
        return this.#blocks.reasoning.take(part);
      case "tool-input-start":
        return this.#startInput(part);
      case "tool-input-delta":
        return this.#takeInput(part);
      case "tool-call":
        return this.#call(part);
      default:
        return this.#takeOther(part);
    }
  }

  #takeOther(part: LanguageModelV4StreamPart): TakenAs {
    switch (part.type) {
      case "finish":
        this.#finish = { reason: finishReason(part.finishReason), usage: toUsage(part.usage) };
        return "last";
      case "error":
        this.#meter.countPart();
        this.#failure ??= toFailure(part.error);
        return "news";
      case "tool-result":
      case "source":
      case "file":
        // Not part of what a step makes durable, and yet something is going on.
        this.#meter.countPart();
        return "news";
      default:
        // Metadata, raw chunks, and what later specifications add.
        return "noise";
    }
  }

  #startInput({ id, toolName: name }: PartOf<"tool-input-start">): TakenAs {
    // A second start goes on with the first: its reader would else be left with an input that never ends.
    if (this.#inputs.has(id)) return "noise";
    this.#meter.countPart();
    this.#inputs.start({ id, name, messageId: this.#options.messageId, position: this.#position++ });
    return "news";
  }

  #takeInput({ id, delta }: PartOf<"tool-input-delta">): TakenAs {
    const text = textOf(delta);
    if (text === "") return "noise";
    this.#meter.count(text.length);
    this.#inputs.append(id, text);
    return "news";
  }

  #call(part: LanguageModelV4ToolCall): TakenAs {
    const open = this.#inputs.end(part.toolCallId);
    const position = open?.place.position ?? this.#position++;
    const call: ModelCall = { messageId: this.#options.messageId, position, ...toModelCall(part) };
    this.#meter.countPart(Math.max(0, call.input.length - (open?.length ?? 0)));
    // A provider may emit a call in the flush of a stream that was cut, with half its input, so only what parses to an object is
    // complete by itself; the rest waits to see whether the stream finishes.
    if (toCallObject(call.input) === undefined) this.#unreadable.push(call);
    else this.#guard(() => this.#options.onCall(call));
    return "news";
  }

  #close(): AttemptResult {
    this.#inputs.close();
    // All of them first, since what follows might fail: nobody would end them later.
    this.#blocks.text.close();
    this.#blocks.reasoning.close();
    const finish = this.#finish?.reason;
    const complete = this.#failure === undefined && finish !== undefined && finish !== "error";
    this.#guard(() => {
      this.#blocks.text.end({ cut: !complete });
      this.#blocks.reasoning.end({ cut: !complete });
      if (complete) for (const call of this.#unreadable) this.#options.onCall(call);
    });
    const finished = complete && this.#failure === undefined;
    return {
      status: finished ? "finished" : this.#lane.signal.aborted ? "cut" : "error",
      finish,
      failure: finished ? undefined : (this.#failure ?? this.#broken()),
      usage: this.#finish?.usage ?? noUsage,
    };
  }

  /** Does what is ours to do. If that fails, it is no fault of the provider's. */
  #guard(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#failure ??= { class: "defect", message: toFailure(error).message };
    }
  }

  #broken(): Failure {
    return this.#lane.signal.aborted
      ? { class: "aborted", message: "The request was stopped before its end." }
      : { class: "incomplete-stream", message: "The provider's stream ended before the answer was complete." };
  }
}
