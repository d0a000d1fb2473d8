import { scriptedUsage } from "./script.ts";

import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Block, Cue, ScriptStep } from "./script.ts";

/** What a stream does next: hands out a part, or something that is no part. */
export type StreamOp =
  | { readonly part: LanguageModelV4StreamPart }
  | Exclude<Cue, { kind: "block" | "part" | "finish" | "error" }>;

/** A step as the flat list that its stream walks. Made before the stream starts, so that streaming it costs next to nothing. */
export const toStreamOps = (step: ScriptStep, callIndex: number, modelId: string): readonly StreamOp[] => {
  const ops: StreamOp[] = [
    { part: { type: "stream-start", warnings: [] } },
    { part: { type: "response-metadata", id: `response-${callIndex}`, modelId } },
  ];
  const hasCalls = step.some((cue) => cue.kind === "block" && cue.block.type === "call");
  let calls = 0;
  for (const [index, cue] of step.entries()) {
    if (cue.kind === "block") {
      if (cue.block.type === "call") calls += 1;
      pushBlock(ops, cue.block, cue.block.type === "call" ? (cue.block.id ?? `call-${calls}`) : `block-${index}`);
    } else pushCue(ops, cue, hasCalls);
  }
  if (!step.some(isEnd)) pushCue(ops, { kind: "finish", reason: undefined, usage: scriptedUsage }, hasCalls);
  return ops;
};

const noUsage: LanguageModelV4Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

const isEnd = ({ kind }: Cue): boolean =>
  kind === "finish" || kind === "error" || kind === "cut" || kind === "reset" || kind === "refuse";

const pushCue = (ops: StreamOp[], cue: Exclude<Cue, { kind: "block" }>, hasCalls: boolean): void => {
  if (cue.kind === "finish") {
    const unified = cue.reason ?? (hasCalls ? "tool-calls" : "stop");
    ops.push({ part: { type: "finish", finishReason: { unified, raw: unified }, usage: cue.usage } });
  } else if (cue.kind === "error") {
    const finishReason = { unified: "error", raw: undefined } as const;
    ops.push({ part: { type: "error", error: cue.error } }, { part: { type: "finish", finishReason, usage: noUsage } });
  } else if (cue.kind === "part") ops.push({ part: cue.part });
  else ops.push(cue);
};

const pushBlock = (ops: StreamOp[], block: Block, id: string): void => {
  const { delayMs, open } = block;
  ops.push({ part: startOf(block, id) });
  for (const delta of slices(block.text, block.chunks)) {
    if (delayMs > 0) ops.push({ kind: "delay", ms: delayMs });
    ops.push({ part: { type: block.type === "call" ? "tool-input-delta" : `${block.type}-delta`, id, delta } });
  }
  if (open) return;
  if (block.type !== "call") ops.push({ part: { type: `${block.type}-end`, id, ...metadataOf(block) } });
  else {
    ops.push({ part: { type: "tool-input-end", id } });
    ops.push({ part: { type: "tool-call", toolCallId: id, toolName: block.name, input: block.text } });
  }
};

const startOf = (block: Block, id: string): LanguageModelV4StreamPart =>
  block.type === "call" ? { type: "tool-input-start", id, toolName: block.name } : { type: `${block.type}-start`, id };

const metadataOf = (block: Block) =>
  block.type === "call" || block.metadata === undefined ? {} : { providerMetadata: { ...block.metadata } };

/** A text in so many pieces, as even as can be; none is empty, so a short text gives fewer. */
const slices = (text: string, count: number): readonly string[] => {
  if (count <= 1) return text === "" ? [] : [text];
  const size = Math.ceil(text.length / count);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) pieces.push(text.slice(at, at + size));
  return pieces;
};
