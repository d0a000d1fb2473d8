import { isJsonObject, parseJson } from "@holdfast/core";

import { toFailure } from "../model/to-failure.ts";
import { toUsage } from "../model/to-usage.ts";
import { OpenBlock } from "./open-block.ts";
import { OpenCallInput } from "./open-call-input.ts";

import type { LanguageModelV4StreamPart, LanguageModelV4ToolCall } from "@ai-sdk/provider";
import type { MessageId } from "@holdfast/core";
import type { AttemptStatus, Failure, Usage } from "@holdfast/core/event";
import type { LiveHub } from "../live/live-hub.ts";
import type { AssembledRequest } from "./assemble-request.ts";
import type { Lane } from "./lane.ts";

/** A call as the model asked for it. */
export interface ModelCall {
  readonly messageId: MessageId;
  readonly position: number;
  readonly providerCallId: string;
  readonly name: string;
  /** JSON text, or what the model wrote instead. */
  readonly input: string;
  readonly providerExecuted: boolean;
  readonly providerMetadata: unknown;
}

/** What came of one provider request. */
export interface AttemptResult {
  readonly status: AttemptStatus;
  readonly finish: string | undefined;
  readonly failure: Failure | undefined;
  readonly usage: Usage;
}

type PartOf<TType extends LanguageModelV4StreamPart["type"]> = Extract<
  LanguageModelV4StreamPart,
  { readonly type: TType }
>;

type BlockPart = PartOf<`${"text" | "reasoning"}-${"start" | "delta" | "end"}`>;

/** Reads one provider stream: fragments go live, blocks become durable at their ends, complete calls are handed on at once. */
export class StreamReader {
  readonly #lane: Lane;
  readonly #hub: LiveHub;
  readonly #messageId: MessageId;
  readonly #onCall: (call: ModelCall) => void;
  readonly #blocks = new Map<string, OpenBlock>();
  readonly #inputs = new Map<string, OpenCallInput>();
  readonly #unreadable: ModelCall[] = [];
  #position: number;
  #finish: PartOf<"finish"> | undefined;
  #failure: Failure | undefined;

  constructor(
    lane: Lane,
    hub: LiveHub,
    options: { readonly messageId: MessageId; readonly position: number; readonly onCall: (call: ModelCall) => void },
  ) {
    this.#lane = lane;
    this.#hub = hub;
    this.#messageId = options.messageId;
    this.#position = options.position;
    this.#onCall = options.onCall;
  }

  /** Makes the request and reads its answer to the end, or until the lane is stopped. Never rejects. */
  async read(request: AssembledRequest): Promise<AttemptResult> {
    const { model } = this.#lane.setting.model;
    const { signal } = this.#lane;
    try {
      const { stream } = await model.doStream(request.options);
      const reader = stream.getReader();
      // A provider may ignore the signal: cancelling ends a pending read, and closes the socket.
      const cancel = (): void => void reader.cancel(signal.reason).catch(() => undefined);
      signal.addEventListener("abort", cancel, { once: true });
      try {
        for (let next = await reader.read(); !next.done && !signal.aborted; next = await reader.read()) {
          this.#take(next.value);
        }
      } finally {
        signal.removeEventListener("abort", cancel);
        cancel();
      }
    } catch (error) {
      // An abort in mid-stream arrives as the provider's own error, so the signal is asked first.
      if (!signal.aborted) this.#failure ??= toFailure(error);
    }
    return this.#close();
  }

  #take(part: LanguageModelV4StreamPart): void {
    switch (part.type) {
      case "text-start":
      case "text-delta":
      case "text-end":
        this.#takeBlock(part, "text");
        break;
      case "reasoning-start":
      case "reasoning-delta":
      case "reasoning-end":
        this.#takeBlock(part, "reasoning");
        break;
      case "tool-input-start":
        this.#openInput(part);
        break;
      case "tool-input-delta":
        this.#inputs.get(part.id)?.append(part.delta);
        break;
      case "tool-call":
        this.#call(part);
        break;
      case "finish":
        this.#finish = part;
        break;
      case "error":
        this.#failure ??= toFailure(part.error);
        break;
      default:
        // Sources, files, metadata, pings and raw chunks are not part of what a step makes durable.
        break;
    }
  }

  #takeBlock(part: BlockPart, kind: "text" | "reasoning"): void {
    if (part.type === "text-end" || part.type === "reasoning-end") {
      this.#blocks.get(part.id)?.end({ providerMetadata: part.providerMetadata });
      this.#blocks.delete(part.id);
      return;
    }
    const block = this.#block(part.id, kind);
    if ("delta" in part) block.append(part.delta);
  }

  #block(id: string, kind: "text" | "reasoning"): OpenBlock {
    const known = this.#blocks.get(id);
    if (known !== undefined) return known;
    const block = new OpenBlock(this.#lane, this.#hub, {
      messageId: this.#messageId,
      position: this.#position++,
      kind,
    });
    this.#blocks.set(id, block);
    return block;
  }

  #openInput({ id, toolName }: PartOf<"tool-input-start">): void {
    const place = { messageId: this.#messageId, position: this.#position++, name: toolName };
    this.#inputs.set(id, new OpenCallInput(this.#lane, this.#hub, place));
  }

  #call(part: LanguageModelV4ToolCall): void {
    const open = this.#inputs.get(part.toolCallId);
    open?.close();
    this.#inputs.delete(part.toolCallId);
    const call: ModelCall = {
      messageId: this.#messageId,
      position: open?.place.position ?? this.#position++,
      providerCallId: part.toolCallId,
      name: part.toolName,
      input: part.input,
      providerExecuted: part.providerExecuted === true,
      providerMetadata: part.providerMetadata,
    };
    const parsed = parseJson(part.input);
    // A provider may emit a call in the flush of a stream that was cut, with half its input, so only what parses to an object is
    // complete by itself; the rest waits to see whether the stream finishes.
    if (parsed.ok && isJsonObject(parsed.value)) this.#onCall(call);
    else this.#unreadable.push(call);
  }

  #close(): AttemptResult {
    const finish = this.#finish?.finishReason.unified;
    const finished =
      this.#failure === undefined && finish !== undefined && finish !== "error" && !this.#lane.signal.aborted;
    for (const input of this.#inputs.values()) input.close();
    for (const block of this.#blocks.values()) block.end({ cut: !finished });
    if (finished) for (const call of this.#unreadable) this.#onCall(call);
    return {
      status: finished ? "finished" : this.#lane.signal.aborted ? "cut" : "error",
      finish,
      failure: finished ? undefined : (this.#failure ?? this.#broken()),
      usage: toUsage(this.#finish?.usage),
    };
  }

  #broken(): Failure {
    return this.#lane.signal.aborted
      ? { class: "aborted", message: "The request was stopped before its end." }
      : { class: "incomplete-stream", message: "The provider's stream ended before the answer was complete." };
  }
}
