import { createSeededIds } from "../seeded-ids.ts";

import type { ContextSource, HookArgument } from "@holdfast/core/plugin";

const ids = createSeededIds(1);
const sessionId = ids.next("ses");
const call = { sessionId, callId: ids.next("cal"), agent: "default", tool: "sample" };
const request = { sessionId, agent: "default", model: { id: "default" } };

const sampleSource: ContextSource = Object.freeze({
  key: "sample/place",
  load: () => "here",
  baseline: () => "It is here.",
  removal: () => "It is gone.",
});

/** For each hook what a tap may be given: nothing of it is special. */
export const sampleArguments = (directory: string, plugin: string): HookArgument => {
  const plugins = { location: { directory }, plugins: [plugin] };
  return {
    opening: plugins,
    opened: plugins,
    closing: plugins,
    contextCollecting: {
      sessionId,
      location: { directory },
      agent: "default",
      tools: ["sample"],
      effectOf: () => "allow",
      time: 1_767_225_600_000,
      known: ["sample/place"],
      calls: [{ name: "sample", input: '{"path":"a"}' }],
      sources: [sampleSource],
      isComplete: true,
    },
    toolsCollecting: { ...request, tools: [{ name: "sample", description: "Does nothing.", plugin: "sample" }] },
    requestPreparing: {
      ...request,
      messages: [
        { role: "system", content: "You help." },
        { role: "user", content: [{ type: "text", text: "Hello." }] },
        {
          role: "assistant",
          content: [{ type: "tool-call", toolCallId: call.callId, toolName: "sample", input: { path: "a" } }],
        },
        {
          role: "tool",
          content: [
            {
              type: "tool-result",
              toolCallId: call.callId,
              toolName: "sample",
              output: { type: "text", value: "Done." },
            },
          ],
        },
      ],
      providerOptions: {},
    },
    toolCallPreparing: { ...call, input: { path: "a" } },
    toolCallAuthorizing: { ...call, input: { path: "a" }, effect: "allow" },
    toolResultShaping: { ...call, status: "completed", content: "Done.", structured: { done: true } },
    compactionPreparing: {
      ...request,
      reason: "threshold",
      messages: [{ role: "user", messageId: ids.next("msg"), seq: 1, text: "Hello.", delivery: "steer" }],
      instructions: ["Keep all names."],
      keep: [],
    },
    eventsCommitted: {
      sessionId,
      events: [
        {
          id: ids.next("evt"),
          sessionId,
          seq: 0,
          type: "session.deleted",
          version: 1,
          time: 1_767_225_600_000,
          fence: null,
          prevHash: "0".repeat(64),
          hash: "0".repeat(64),
          data: {},
        },
      ],
    },
  };
};
