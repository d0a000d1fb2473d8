import { AnswerMeter } from "../model/answer-meter.ts";
import { toCallObject } from "../model/call-object.ts";
import { finishReason } from "../model/finish-reason.ts";
import { toHostedResult } from "../model/to-hosted-result.ts";
import { textOf, toModelCall } from "../model/to-model-call.ts";
import { toUsage } from "../model/to-usage.ts";
import { AttemptEnd } from "./attempt-end.ts";
import { CallInputs } from "./call-inputs.ts";
import { OpenBlock } from "./open-block.ts";
import { OpenBlocks } from "./open-blocks.ts";
import { readParts } from "./read-parts.ts";

import type { LanguageModelV4StreamPart, LanguageModelV4ToolCall, LanguageModelV4ToolResult } from "@ai-sdk/provider";
import type { Clock, MessageId } from "@holdfast/core";
import type { LiveHub } from "../live/live-hub.ts";
import type { ProviderResult } from "../model/to-hosted-result.ts";
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
  /** What the provider says of a call that it ran itself. */
  readonly onResult?: ((result: ProviderResult) => void) | undefined;
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
  readonly #end: AttemptEnd;
  #position: number;

  constructor(lane: Lane, hub: LiveHub, options: StreamReaderOptions) {
    this.#lane = lane;
    this.#options = options;
    this.#end = new AttemptEnd(lane.signal, options.clock);
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
        onHeaders: (headers) => this.#end.answered(headers),
        take: (part) => this.#take(part),
      });
    } catch (error) {
      // An abort in mid-stream arrives as the provider's own error, so the signal is asked first.
      if (!signal.aborted) this.#end.failed(error);
    }
    this.#close();
    return this.#end.result({ inputTokens: request.estimate.input, outputCharacters: this.#meter.characters });
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
        this.#end.finished(finishReason(part.finishReason), toUsage(part.usage));
        return "last";
      case "error":
        this.#meter.countPart();
        this.#end.failed(part.error);
        return "news";
      case "tool-result":
        return this.#takeResult(part);
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

  #takeResult(part: LanguageModelV4ToolResult): TakenAs {
    const result = toHostedResult(part);
    this.#meter.countPart(result?.result?.json.length ?? 0);
    if (result !== undefined) this.#end.guard(() => this.#options.onResult?.(result));
    return "news";
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
    // complete by itself; the rest waits to see whether the stream finishes. What the provider runs, it has whole.
    if (!call.providerExecuted && toCallObject(call.input) === undefined) this.#unreadable.push(call);
    else this.#end.guard(() => this.#options.onCall(call));
    return "news";
  }

  #close(): void {
    this.#inputs.close();
    // All of them first, since what follows might fail: nobody would end them later.
    this.#blocks.text.close();
    this.#blocks.reasoning.close();
    const complete = this.#end.isComplete;
    this.#end.guard(() => {
      this.#blocks.text.end({ cut: !complete });
      this.#blocks.reasoning.end({ cut: !complete });
      if (complete) for (const call of this.#unreadable) this.#options.onCall(call);
    });
  }
}
