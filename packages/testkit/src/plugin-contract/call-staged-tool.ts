import { silentLogger } from "@holdfast/core";

import { MemoryCallOutputs } from "../memory-call-outputs.ts";
import { createSeededIds } from "../seeded-ids.ts";

import type { JsonObject, JsonValue } from "@holdfast/core";
import type { ExecuteContext, PermissionAssertion, PrepareContext, Tool, ToolContext } from "@holdfast/core/tool";

/** How a call is answered where it asks. */
export interface CallOptions {
  /** What becomes of a permission that the tool asserts; one that throws refuses it. Default: all are allowed. */
  readonly permit?: ((assertion: PermissionAssertion) => Promise<void> | void) | undefined;
  /** The answers to its questions. Default: the first option of each, or "yes". */
  readonly answer?: PrepareContext["ask"] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What came of a call. */
export interface StagedCall {
  /** What it asserted, in its order. */
  readonly asserted: readonly PermissionAssertion[];
  /** What `prepare` said would happen; null without one. */
  readonly effect: JsonValue;
  /** As the tool's own schema takes it. */
  readonly output: unknown;
  /** What the model reads, not bounded. */
  readonly content: string;
  /** What the model gets beside it. */
  readonly media: readonly Parameters<ExecuteContext["media"]["attach"]>[0][];
}

/** A tool as its types hide it from hosts. */
interface OpenTool {
  readonly prepare?: (input: unknown, ctx: PrepareContext) => Promise<JsonValue> | JsonValue;
  readonly execute: (input: unknown, ctx: ExecuteContext) => unknown;
  readonly present?: (output: unknown) => string;
}

const ids = createSeededIds(process.pid);

/** Both phases of one call, as a runtime runs them where nothing goes wrong. Rejects with what the tool throws, and for what fits no schema. */
export const callStagedTool = async (
  subject: {
    readonly tool: Tool | undefined;
    readonly name: string;
    readonly directory: string;
    readonly input: JsonObject;
  },
  { permit, answer, signal = new AbortController().signal }: CallOptions = {},
): Promise<StagedCall> => {
  const { tool, name, directory } = subject;
  if (tool === undefined) throw new TypeError(`expected the plugin to have registered the tool "${name}", found none`);
  const open = tool as unknown as OpenTool;
  const input: unknown = await tool.input.parseAsync(subject.input);
  const asserted: PermissionAssertion[] = [];
  const assert = async (assertion: PermissionAssertion): Promise<void> => {
    asserted.push(assertion);
    await permit?.(assertion);
  };
  const callId = ids.next("cal");
  const context: ToolContext = {
    sessionId: ids.next("ses"),
    agent: "default",
    messageId: ids.next("msg"),
    callId,
    effectKey: callId,
    location: { directory },
    signal,
    log: silentLogger,
    progress: () => undefined,
  };
  const ask: PrepareContext["ask"] =
    answer ?? (async ({ questions }) => questions.map(({ options = [] }) => [options[0]?.label ?? "yes"]));
  const prepared = (await open.prepare?.(input, { ...context, permission: { assert }, ask })) ?? null;
  const effect = JSON.parse(JSON.stringify(prepared)) as JsonValue;
  if (open.prepare === undefined) await assert({ action: name, resources: ["*"] });
  const media: Parameters<ExecuteContext["media"]["attach"]>[0][] = [];
  const output: unknown = await tool.output.parseAsync(
    await open.execute(input, {
      ...context,
      effect,
      attempt: 1,
      outputs: new MemoryCallOutputs(),
      media: { attach: (file) => void media.push(file) },
      todos: { update: async () => undefined },
    }),
  );
  const content = open.present?.(output) ?? (typeof output === "string" ? output : JSON.stringify(output));
  return { asserted, effect, output, content, media };
};
