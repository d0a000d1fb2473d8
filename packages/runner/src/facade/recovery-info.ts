import { isAsking, recoveryAskOf } from "@holdfast/core/session";

import { expireDueAsks } from "../session/expire-asks.ts";
import { noSession } from "./no-session.ts";
import { toAskInfo } from "./ask-info.ts";
import { forecastRecovery } from "./forecast-recovery.ts";

import type { RecoveryInfo, SessionId } from "@holdfast/core";
import type { OwnerState } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";

/** Whether a session's execution wants recovery, and what `resume` would do about it. Spends nothing, and ends the asks whose time has passed. */
export const recoveryInfo = async (
  kernel: Kernel,
  coordinator: Coordinator,
  sessionId: SessionId,
): Promise<RecoveryInfo> => {
  const { store } = kernel.services;
  const snapshot = await store.snapshot(sessionId);
  if (snapshot === null) throw await noSession(store, sessionId);
  const { execution, inputs, replica } = snapshot;
  if (replica !== null) {
    return { status: "replica", ...(replica.replayOwner === null ? {} : { replayOwner: replica.replayOwner }) };
  }
  const pending = inputs.filter(({ awake }) => awake === 1).map(({ messageId }) => messageId);
  if (execution?.state !== "open") {
    if (pending.length === 0 || coordinator.isActive(sessionId)) return { status: "none" };
    return { status: "unclaimed", pending };
  }
  return openInfo(kernel, coordinator, snapshot);
};

/** How it stands with an execution that is open. */
const openInfo = async (kernel: Kernel, coordinator: Coordinator, snapshot: SessionSnapshot): Promise<RecoveryInfo> => {
  const { store } = kernel.services;
  const { claim, session } = snapshot;
  if (await expireDueAsks(kernel, snapshot)) return recoveryInfo(kernel, coordinator, session.sessionId);
  if (isAsking(snapshot))
    return {
      status: "asking",
      asks: await Promise.all(snapshot.asks.map((ask) => toAskInfo(store, session, ask))),
    };
  const state = await coordinator.ownerOf(snapshot);
  if (state === "alive" && claim?.owner != null) {
    const isOwn = claim.owner === kernel.owner.id;
    if (isOwn || (await kernel.owner.isProvenAlive(snapshot.owner))) return { status: "running", owner: claim.owner };
    const reason = "Its process cannot be looked at from here, and its claim has not been seen to expire.";
    return { status: "unproven", owner: claim.owner, reason };
  }
  const forecast = await forecastRecovery(kernel, snapshot);
  const ask = recoveryAskOf(snapshot);
  return ask === undefined
    ? { status: "parked", reason: reasonOf(snapshot, state), ...forecast }
    : { status: "asking", asks: [await toAskInfo(store, session, ask)], forecast };
};

const reasonOf = ({ claim }: SessionSnapshot, state: OwnerState): string =>
  state === "none"
    ? "Its owner gave the claim up before the execution ended."
    : `Its owner ${claim?.owner ?? ""} is gone without having ended it.`;
