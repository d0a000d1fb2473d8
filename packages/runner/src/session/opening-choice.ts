import { decodeEvent } from "@holdfast/core/event";
import { activityChoice, selectPromotions } from "@holdfast/core/session";

import { wake } from "./plan-step.ts";

import type { MessageId, SessionId } from "@holdfast/core";
import type { DurableEvent } from "@holdfast/core/event";
import type { ActivityChoice } from "@holdfast/core/session";
import type { SessionSnapshot, Store } from "@holdfast/core/store";
import type { Kernel } from "./kernel.ts";
import type { SettingSource } from "./setting-of.ts";

/** What the inputs ask for that open an execution, before its history is there: whatever it needs is looked up for them. */
export const openingChoice = async (
  { services }: Kernel,
  { session, inputs, head }: SessionSnapshot,
  woken: readonly MessageId[],
): Promise<ActivityChoice> => {
  const opening = selectPromotions(wake(inputs, woken), { opening: true, cutoffSeq: head.seq });
  const events = await Promise.all(opening.map(({ valueSeq }) => readAt(services.store, session.sessionId, valueSeq)));
  return activityChoice(
    events.flatMap((event) => (event?.type === "input.admitted" || event?.type === "input.replaced" ? event.data : [])),
  );
};

/** What an execution goes on with: a step that is open with what it began with, whatever the session says by now. */
export const stepSource = async ({ services }: Kernel, { session, step }: SessionSnapshot): Promise<SettingSource> => {
  const started = step?.state === "open" ? await readAt(services.store, session.sessionId, step.seq) : null;
  if (started?.type !== "step.started") return { session, choice: {} };
  const { agent, model } = started.data;
  return { session, choice: { agent, model } };
};

/** An event without its texts, which may be large, and say nothing of this. */
const readAt = async (store: Store, sessionId: SessionId, seq: number): Promise<DurableEvent | null> => {
  const [sealed] = await store.events({ sessionId, after: seq - 1, limit: 1 });
  return sealed?.seq === seq ? decodeEvent(sealed) : null;
};
