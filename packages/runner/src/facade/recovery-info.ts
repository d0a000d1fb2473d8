import { agentTools } from "../location/agent-tools.ts";
import { judgeCalls } from "../session/open-calls.ts";
import { stepSource } from "../session/opening-choice.ts";
import { locationOf } from "../session/session-row.ts";
import { noSession } from "./no-session.ts";
import { agentOf } from "../session/setting-of.ts";

import type { MessageId, RecoveryInfo, SessionId } from "@holdfast/core";
import type { OwnerState } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { ToolSet } from "../location/tool-registry.ts";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";

/** Whether a session's execution wants recovery, and what `resume` would do about it. Writes and spends nothing. */
export const recoveryInfo = async (
  kernel: Kernel,
  coordinator: Coordinator,
  sessionId: SessionId,
): Promise<RecoveryInfo> => {
  const snapshot = await kernel.services.store.snapshot(sessionId);
  if (snapshot === null) throw await noSession(kernel.services.store, sessionId);
  const { execution, claim, inputs, replica } = snapshot;
  if (replica !== null) {
    return { status: "replica", ...(replica.replayOwner === null ? {} : { replayOwner: replica.replayOwner }) };
  }
  const pending = inputs.filter(({ awake }) => awake === 1).map(({ messageId }) => messageId);
  if (execution?.state !== "open") {
    if (pending.length === 0 || coordinator.isActive(sessionId)) return { status: "none" };
    return { status: "unclaimed", pending };
  }
  const state = await coordinator.ownerOf(snapshot);
  if (state === "alive" && claim?.owner != null) {
    const isOwn = claim.owner === kernel.owner.id;
    if (isOwn || (await kernel.owner.isProvenAlive(snapshot.owner))) return { status: "running", owner: claim.owner };
    const reason = "Its process cannot be looked at from here, and its claim has not been seen to expire.";
    return { status: "unproven", owner: claim.owner, reason };
  }
  return parkedInfo(kernel, snapshot, { state, pending });
};

/** What `resume` would do about an execution that nobody works on. */
const parkedInfo = async (
  kernel: Kernel,
  snapshot: SessionSnapshot,
  { state, pending }: { readonly state: OwnerState; readonly pending: readonly MessageId[] },
): Promise<RecoveryInfo> => {
  const { claim, execution } = snapshot;
  const reason =
    state === "none"
      ? "Its owner gave the claim up before the execution ended."
      : `Its owner ${claim?.owner ?? ""} is gone without having ended it.`;
  const calls = await judgeCalls(kernel.services.store, snapshot, {
    tools: await toolsOf(kernel, snapshot),
    consent: "everything",
  });
  return {
    status: "parked",
    reason,
    calls: calls.map(({ row, verdict }) => ({
      callId: row.callId,
      name: row.name,
      state: row.state === "begun" ? "begun" : "called",
      verdict,
    })),
    asksModel: execution?.interruptSeq === null,
    pending,
  };
};

/** Today's tools; none where the Location cannot be opened, so that what was open is shown as stale or unknown. */
const toolsOf = async (kernel: Kernel, snapshot: SessionSnapshot): Promise<ToolSet> => {
  const { locations, services } = kernel;
  try {
    const { session, choice } = await stepSource(kernel, snapshot);
    const { tools } = await locations.open(locationOf(session));
    return agentTools(tools.capture(), agentOf(services, choice.agent ?? session.agent));
  } catch (error) {
    services.logger.warn("a Location could not be opened to forecast a recovery", { reason: String(error) });
    return new Map();
  }
};
