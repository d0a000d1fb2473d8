import { silentLogger } from "@holdfast/core";
import { createLocationHooks } from "@holdfast/core/plugin";
import { outputChunks } from "@holdfast/core/store";
import { createSeededIds } from "@holdfast/testkit";
import { fsTools } from "@holdfast/tools-fs";

import type { JsonObject, JsonValue } from "@holdfast/core";
import type { PluginHooks } from "@holdfast/core/plugin";
import type { CallOutputs, ExecuteContext, PrepareContext, Tool, ToolContext } from "@holdfast/core/tool";
import type { FsToolName } from "@holdfast/tools-fs";

interface OpenTool {
  prepare(input: unknown, ctx: PrepareContext): Promise<JsonValue>;
  execute(input: unknown, ctx: ExecuteContext): Promise<unknown>;
}

/** Where calls are made, as a runtime makes them. */
export interface CallDesk {
  call(name: FsToolName, input: JsonObject, signal?: AbortSignal): Promise<unknown>;
}

const chunkBytes = 64 * 1024;

// Two calls of one ID would share a folder and a mark.
const ids = createSeededIds(process.pid);

/** The tools at a Location, everything allowed. What calls keep is walked, and dropped. */
export const openDesk = (directory: string, stateDirectory: string): CallDesk => {
  const tools = new Map<string, Tool>();
  void fsTools({ stateDirectory }).setup({
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
  const outputs: CallOutputs = {
    keep: async (content) => {
      for (const _chunk of outputChunks(content, chunkBytes));
      return "tool-output://kept";
    },
    read: () => Promise.reject(new Error("no command reads an output")),
  };
  return {
    call: async (name, input, signal = new AbortController().signal) => {
      const tool = tools.get(name) as unknown as OpenTool;
      const context: ToolContext = {
        sessionId: ids.next("ses"),
        agent: "build",
        messageId: ids.next("msg"),
        callId: ids.next("cal"),
        effectKey: "key",
        location: { directory },
        signal,
        log: silentLogger,
        progress: () => undefined,
      };
      const effect = await tool.prepare(input, {
        ...context,
        permission: { assert: async () => undefined },
        ask: async () => [],
      });
      const media = { attach: () => undefined };
      const todos = { update: async () => undefined };
      return tool.execute(input, { ...context, effect, attempt: 1, outputs, media, todos });
    },
  };
};
