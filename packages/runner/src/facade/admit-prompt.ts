import { HoldfastError, toCursor } from "@holdfast/core";
import { admitInput } from "@holdfast/core/session";

import { resolveModel } from "../model/resolve-model.ts";
import { sha256 } from "../ports/sha256.ts";
import { assertInputSize } from "./arguments.ts";

import type { InputDisposition, MessageId, Receipt, SessionId } from "@holdfast/core";
import type { AdmissionRow, Store } from "@holdfast/core/store";
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
  const { services, committer } = kernel;
  assertInputSize(prompt, services.limits, "sessions.prompt");
  const { sessionId, id, idempotencyKey, files, metadata, agent, model, text, delivery, resume } = prompt;
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
  const result = await committer.commit(plan).catch((error: unknown) => {
    if (HoldfastError.isInstance(error, "store.condition-failed")) throw usedByAnswer(sessionId, messageId, error);
    throw error;
  });
  const [admitted] = result.status === "committed" ? result.events : [];
  if (admitted !== undefined) {
    if (resume) coordinator.wake(sessionId, { kind: "prompt", atSeq: result.head.seq });
    return {
      sessionId,
      messageId,
      cursor: toCursor(services.store.storeId, admitted),
      replayed: false,
      disposition: "pending",
    };
  }
  if (result.status === "committed") throw new TypeError("a store committed an admission without its event");
  const receipt = await replayedReceipt(services.store, result.admission);
  // A retry wakes only for its own input.
  if (resume && (receipt.disposition === "pending" || receipt.disposition === "replaced"))
    coordinator.wake(sessionId, { kind: "prompt", atSeq: result.head.seq });
  return receipt;
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
  return {
    sessionId,
    messageId,
    cursor: toCursor(store.storeId, admission),
    replayed: true,
    disposition: admission.disposition ?? (await dispositionOf(store, admission)),
  };
};

const dispositionOf = async (store: Store, { sessionId, messageId }: AdmissionRow): Promise<InputDisposition> => {
  const row = await store.input({ sessionId, messageId });
  // It was pruned since its identity was read, which says so by now.
  if (row === null) return (await store.admission({ messageId }))?.disposition ?? "promoted";
  return row.state === "pending" && row.valueSeq !== row.seq ? "replaced" : row.state;
};
