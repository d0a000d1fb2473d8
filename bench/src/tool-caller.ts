import { silentLogger } from "@holdfast/core";
import { createLocationHooks } from "@holdfast/core/plugin";
import { createSeededIds, MemoryCallOutputs } from "@holdfast/testkit";
import { fsTools } from "@holdfast/tools-fs";

import type { JsonObject, JsonValue } from "@holdfast/core";
import type { PluginHooks } from "@holdfast/core/plugin";
import type { CallOutputs, ExecuteContext, PrepareContext, Tool, ToolContext } from "@holdfast/core/tool";
import type { FsToolName } from "@holdfast/tools-fs";

interface OpenTool {
  prepare(input: unknown, ctx: PrepareContext): Promise<JsonValue>;
  execute(input: unknown, ctx: ExecuteContext): Promise<unknown>;
}

// A command ends whatever carries its call's mark: no two calls on this machine have one ID.
const ids = createSeededIds(process.pid);

/** Calls a tool as a runtime does, both phases, everything allowed. */
export type ToolCaller = (name: FsToolName, input: JsonObject) => Promise<unknown>;

/** Sets the file tools up at a directory. What calls keep goes to `outputs`; by default it stays in memory. */
export const callerIn = (directory: string, outputs: CallOutputs = new MemoryCallOutputs()): ToolCaller => {
  const tools = new Map<string, Tool>();
  void fsTools().setup({
    location: { directory },
    // Nothing is tapped: these run tools alone.
    hooks: Object.fromEntries(
      Object.keys(createLocationHooks()).map((hook) => [hook, { tapPromise: () => undefined }]),
    ) as unknown as PluginHooks,
    tools: {
      register: (tool) => {
        tools.set(tool.name, tool);
        return { [Symbol.dispose]: () => undefined };
      },
    },
    context: { register: () => ({ [Symbol.dispose]: () => undefined }) },
    rules: [],
    signal: new AbortController().signal,
    log: silentLogger,
  });
  const known = {
    sessionId: ids.next("ses"),
    agent: "build",
    messageId: ids.next("msg"),
    effectKey: "key",
    location: { directory },
    signal: new AbortController().signal,
    log: silentLogger,
    progress: () => undefined,
  };
  return async (name, input) => {
    const tool = tools.get(name) as unknown as OpenTool;
    const context: ToolContext = { ...known, callId: ids.next("cal") };
    const effect = await tool.prepare(input, {
      ...context,
      permission: { assert: async () => undefined },
      ask: async () => [],
    });
    return tool.execute(input, {
      ...context,
      effect,
      attempt: 1,
      outputs,
      media: { attach: () => undefined },
      todos: { update: async () => undefined },
    });
  };
};
