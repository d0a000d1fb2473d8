import { Alarm } from "../alarm.ts";
import { RestObserver, takeUpMs } from "./rest-observer.ts";
import { seqOfCursor } from "./seq-of-cursor.ts";
import { deletedOutcome, toWaitOutcome } from "./wait-outcome.ts";

import type { SessionId, WaitOutcome } from "@holdfast/core";
import type * as z from "zod";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/** Resolves when a wake of this process has opened an execution, or has come to nothing. */
export const untilTakenUp = async (kernel: Kernel, coordinator: Coordinator, sessionId: SessionId): Promise<void> => {
  const { store, clock } = kernel.services;
  while (coordinator.isActive(sessionId)) {
    const dirty = new Alarm();
    using _watcher = store.watch(sessionId, dirty.ring);
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null || snapshot.execution?.state === "open") return;
    await dirty.wait(clock, { ms: takeUpMs });
  }
};

/** Ends at the first rest at or after the cursor, or when its time is over. Never takes part in the work. */
export const waitForRest = async (
  kernel: Kernel,
  coordinator: Coordinator,
  { sessionId, after, timeoutMs, signal }: z.output<typeof argumentSchemas.wait> & { readonly signal: AbortSignal },
): Promise<WaitOutcome> => {
  const { store, clock } = kernel.services;
  if (after !== undefined) await seqOfCursor(store, sessionId, after);
  const observer = new RestObserver(kernel, coordinator);
  const deadline = timeoutMs === undefined ? Infinity : clock.monotonic() + timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    const dirty = new Alarm();
    using _watcher = store.watch(sessionId, dirty.ring);
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null) return deletedOutcome(kernel, sessionId);
    const look = await observer.look(snapshot);
    if (look.rest !== undefined) return toWaitOutcome(kernel, snapshot, look.rest);
    if (look.lookAgainMs === 0) continue;
    const left = deadline - clock.monotonic();
    if (left <= 0) return toWaitOutcome(kernel, snapshot, "timeout");
    await dirty.wait(clock, { ms: Math.min(left, look.lookAgainMs), signal });
  }
};
