import { toCursor } from "@holdfast/core";
import { standingOf } from "@holdfast/core/session";

import { readEvent } from "./read-messages.ts";

import type { WaitOutcome } from "@holdfast/core";
import type { Standing } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";

/** Whether a session rests, as this process can tell. */
export const standing = async (
  kernel: Kernel,
  coordinator: Coordinator,
  snapshot: SessionSnapshot,
): Promise<Standing> => {
  const { recovery, name } = kernel.services;
  const { execution, session } = snapshot;
  const owner = execution?.state === "open" ? await coordinator.ownerOf(snapshot) : "none";
  const takesOver = coordinator.isActive(session.sessionId) || (recovery === "resume" && execution?.runtime === name);
  return standingOf(snapshot, owner, takesOver);
};

/** What a wait answers for a session that rests. */
export const toOutcome = async (
  { services }: Kernel,
  { session, head, execution }: SessionSnapshot,
  status: WaitOutcome["status"],
): Promise<WaitOutcome> => {
  const cursor = toCursor(services.store.storeId, { sessionId: session.sessionId, ...head });
  if ((status !== "failed" && status !== "budget") || execution?.endedSeq == null) return { status, cursor };
  const [sealed] = await services.store.events({
    sessionId: session.sessionId,
    after: execution.endedSeq - 1,
    limit: 1,
  });
  const ended = sealed === undefined ? null : await readEvent(services.store, sealed);
  const failure = ended?.type === "execution.ended" ? ended.data.failure : undefined;
  return { status, cursor, ...(failure === undefined ? {} : { failure }) };
};
