import { HoldfastError, toCursor } from "@holdfast/core";
import { admitInput } from "@holdfast/core/session";

import { resolveModel } from "../model/resolve-model.ts";
import { sha256 } from "../ports/sha256.ts";
import { assertInputSize } from "./arguments.ts";

import type { InputDisposition, MessageId, Receipt, SessionId } from "@holdfast/core";
import type { AdmissionRow, CommitPlan, CommitResult, Store } from "@holdfast/core/store";
import type * as z from "zod";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/**
 * Admits an input in one short transaction, apart from execution, and wakes the session.
 *
 * @throws model.unknown, model.unsupported, where it names a model that cannot answer.
 */
export const admitPrompt = async (
  kernel: Kernel,
  coordinator: Coordinator,
  prompt: z.output<typeof argumentSchemas.prompt>,
): Promise<Receipt> => {
  const { services } = kernel;
  assertInputSize(prompt, services.limits, "sessions.prompt");
  const { sessionId, id, idempotencyKey, files, metadata, agent, model, text, delivery, resume, dismissAsks } = prompt;
  // As when a session is created: what cannot run is told now, not when its step fails.
  if (model !== undefined) await resolveModel(model, services.model);
  const messageId = id ?? services.ids.next("msg");
  const plan = admitInput(
    {
      sessionId,
      messageId,
      text,
      delivery,
      resume,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(files === undefined ? {} : { files }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(agent === undefined ? {} : { agent }),
      ...(model === undefined ? {} : { model }),
    },
    {
      eventId: services.ids.next("evt"),
      time: services.clock.now(),
      hash: sha256,
      inboxLimit: services.limits.inboxInputs,
    },
  );
  return admit(kernel, coordinator, { plan, messageId, ...(resume ? { wakes: "prompt" } : {}), dismissAsks });
};

/** A plan that admits an input. */
export interface Admission {
  readonly plan: CommitPlan;
  readonly messageId: MessageId;
  /** What it wakes the session for; absent where it is only recorded. */
  readonly wakes?: "prompt" | "compact";
  readonly dismissAsks: boolean;
}

/** Commits an admission, wakes the session for it, and gives its receipt: the first one for an exact retry. */
export const admit = async (
  kernel: Kernel,
  coordinator: Coordinator,
  { plan, messageId, wakes, dismissAsks }: Admission,
): Promise<Receipt> => {
  const { services } = kernel;
  const { sessionId } = plan;
  const result = await commitAdmission(kernel, plan, { messageId, dismissAsks });
  const admitted = result.status === "committed" ? result.events.at(-1) : undefined;
  if (admitted !== undefined) {
    if (wakes !== undefined) coordinator.wake(sessionId, { kind: wakes, atSeq: result.head.seq });
    return {
      sessionId,
      messageId,
      cursor: toCursor(services.store.storeId, admitted),
      replayed: false,
      disposition: "pending",
      ...(await behind(services.store, sessionId)),
    };
  }
  if (result.status === "committed") throw new TypeError("a store committed an admission without its event");
  const receipt = await replayedReceipt(services.store, result.admission);
  // A retry wakes only for its own input.
  if (wakes !== undefined && (receipt.disposition === "pending" || receipt.disposition === "replaced"))
    coordinator.wake(sessionId, { kind: wakes, atSeq: result.head.seq });
  return receipt;
};

/** How often asks may be answered, or end, in between the look at them and the commit that dismisses them. */
const tries = 8;

/** Commits an admission, and before it, where that is wanted, the ends of the asks that are open. */
const commitAdmission = async (
  { committer, services }: Kernel,
  plan: CommitPlan,
  { messageId, dismissAsks }: { readonly messageId: MessageId; readonly dismissAsks: boolean },
): Promise<CommitResult> => {
  const { sessionId } = plan;
  for (let attempt = 1; ; attempt++) {
    const snapshot = dismissAsks ? await services.store.snapshot(sessionId) : null;
    const dismissed = (snapshot?.asks ?? []).map(({ askId }) =>
      committer.draft("ask.expired", { askId, reason: "dismissed" }),
    );
    try {
      return await committer.commit({ ...plan, events: [...dismissed, ...plan.events] });
    } catch (error) {
      if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
      if (dismissed.length === 0 || attempt >= tries) throw usedByAnswer(sessionId, messageId, error);
    }
  }
};

/** The asks that an input of the session waits behind. */
const behind = async (store: Store, sessionId: SessionId): Promise<Pick<Receipt, "behind">> => {
  const open = await store.asks({ sessionId, state: "open", limit: 200 });
  return open.length === 0 ? {} : { behind: open.map(({ askId }) => askId) };
};

const usedByAnswer = (sessionId: SessionId, messageId: MessageId, cause: unknown): HoldfastError<"input.conflict"> =>
  new HoldfastError("input.conflict", {
    message: `Expected message ${messageId} to be new, found that session ${sessionId} has an answer of this ID. Use a new identity; nothing was done.`,
    data: { sessionId, messageId },
    cause,
  });

/** The receipt of an input that was admitted before, with what became of it. Told from its row alone: its event may be pruned. */
export const replayedReceipt = async (store: Store, admission: AdmissionRow): Promise<Receipt> => {
  const { sessionId, messageId } = admission;
  const disposition = admission.disposition ?? (await dispositionOf(store, admission));
  return {
    sessionId,
    messageId,
    cursor: toCursor(store.storeId, admission),
    replayed: true,
    disposition,
    ...(disposition === "pending" ? await behind(store, sessionId) : {}),
  };
};

const dispositionOf = async (store: Store, { sessionId, messageId }: AdmissionRow): Promise<InputDisposition> => {
  const row = await store.input({ sessionId, messageId });
  // It was pruned since its identity was read, which says so by now.
  if (row === null) return (await store.admission({ messageId }))?.disposition ?? "promoted";
  return row.state === "pending" && row.valueSeq !== row.seq ? "replaced" : row.state;
};
