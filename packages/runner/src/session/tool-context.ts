import type { CallId, MessageId } from "@holdfast/core";
import type { ToolContext } from "@holdfast/core/tool";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** What both phases of a call are told. */
export const toolContext = (
  { live, services }: Kernel,
  lane: Lane,
  {
    callId,
    messageId,
    signal,
  }: { readonly callId: CallId; readonly messageId: MessageId; readonly signal: AbortSignal },
): ToolContext => {
  const { sessionId, location } = lane.work;
  return {
    sessionId,
    agent: lane.setting.agentName,
    messageId,
    callId,
    effectKey: callId,
    location: location.location,
    signal,
    log: services.logger,
    progress: (update) =>
      live.emit(sessionId, { live: { type: "tool.progress", callId, update }, afterSeq: lane.headSeq }),
  };
};
