import type {
  JSONObject,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";

/** What a step does at one point of its stream. Made by the functions below. */
export type Cue =
  /** Emits parts, `delayMs` before each delta. */
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "part"; readonly part: LanguageModelV4StreamPart }
  | { readonly kind: "delay"; readonly ms: number }
  | { readonly kind: "wait"; readonly gate: PromiseLike<unknown> }
  | { readonly kind: "finish"; readonly reason: FinishReason | undefined; readonly usage: LanguageModelV4Usage }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "reset"; readonly error: unknown }
  | { readonly kind: "refuse"; readonly error: unknown }
  | { readonly kind: "cut" };

/** A block of a stream: what its parts are made from. */
export type Block = (
  | { readonly type: "text" | "reasoning"; readonly text: string; readonly metadata: Metadata | undefined }
  | { readonly type: "call"; readonly id: string | undefined; readonly name: string; readonly text: string }
) & { readonly chunks: number; readonly delayMs: number; readonly open: boolean };

/** Why a model stopped, in the specification's unified words. */
export type FinishReason = "stop" | "length" | "content-filter" | "tool-calls" | "error" | "interrupted" | "other";

type Metadata = { readonly [provider: string]: JSONObject };

/** One answer of the model: cues in order. Without a `finish`, `cut` or failure at its end, it finishes by itself. */
export type ScriptStep = readonly Cue[];

/**
 * What a scripted model answers: steps in the order of its calls, or a function of the conversation. The function gives the
 * same answer to the same conversation in any process, so use it where sessions are taken over.
 */
export type Script =
  | readonly ScriptStep[]
  | ((prompt: LanguageModelV4Prompt, callIndex: number) => ScriptStep | Promise<ScriptStep>);

/** How a block is streamed. */
export interface BlockOptions {
  /** In how many deltas. Default 1. */
  readonly chunks?: number;
  /** How long before each delta, in milliseconds. Default 0, without a timer. */
  readonly delayMs?: number;
  /** Leaves out the block's end, as a stream does that breaks in its middle. Follow it with `cut` or `reset`. */
  readonly open?: boolean;
}

/** A block of text. */
export const text = (content: string, options: BlockOptions & { readonly metadata?: Metadata } = {}): Cue => ({
  kind: "block",
  block: { type: "text", text: content, metadata: options.metadata, ...streamed(options) },
});

/** A block of reasoning, with what the provider wants to see again. */
export const reasoning = (content: string, options: BlockOptions & { readonly metadata?: Metadata } = {}): Cue => ({
  kind: "block",
  block: { type: "reasoning", text: content, metadata: options.metadata, ...streamed(options) },
});

/**
 * A call of a tool. The input is written as JSON; a string is written as it is, so that truncated and wrong inputs can be
 * played. IDs are unique only within a step, as providers' are: the default is `call-1`, `call-2`, … in each step.
 */
export const toolCall = (name: string, input: unknown, options: BlockOptions & { readonly id?: string } = {}): Cue => ({
  kind: "block",
  block: {
    type: "call",
    id: options.id,
    name,
    text: typeof input === "string" ? input : JSON.stringify(input),
    ...streamed(options),
  },
});

/** The end of a complete answer. Default reason: `tool-calls` where the step has calls, else `stop`. */
export const finish = (reason?: FinishReason, usage: LanguageModelV4Usage = scriptedUsage): Cue => ({
  kind: "finish",
  reason,
  usage,
});

/** An error inside the stream: an `error` part, then a finish with the reason `error`, as providers report it in band. */
export const error = (value: unknown): Cue => ({ kind: "error", error: value });

/** Ends the stream here, without a finish. */
export const cut = (): Cue => ({ kind: "cut" });

/** Breaks the stream here: it errors, by default as a reset connection does (retryable, status 200). */
export const reset = (value?: unknown): Cue => ({ kind: "reset", error: value });

/** Rejects the request itself: nothing is streamed. Use it alone in its step. */
export const refuse = (value: unknown): Cue => ({ kind: "refuse", error: value });

/** Waits, by a real timer. */
export const delay = (ms: number): Cue => ({ kind: "delay", ms });

/** Waits until the test opens a gate. */
export const wait = (gate: PromiseLike<unknown>): Cue => ({ kind: "wait", gate });

/** Any part of the specification, as it is. */
export const part = (raw: LanguageModelV4StreamPart): Cue => ({ kind: "part", part: raw });

/** What an answer uses where the script does not say: 100 tokens in, 25 out. */
export const scriptedUsage: LanguageModelV4Usage = {
  inputTokens: { total: 100, noCache: 100, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 25, text: 25, reasoning: 0 },
};

const streamed = ({ chunks = 1, delayMs = 0, open = false }: BlockOptions) => ({ chunks, delayMs, open });
