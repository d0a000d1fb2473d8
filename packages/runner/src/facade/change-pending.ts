import { HoldfastError, toCursor } from "@holdfast/core";
import { assertNotReplica } from "@holdfast/core/store";

import { noSession } from "./no-session.ts";

import type { InputChange, MessageId, SessionId } from "@holdfast/core";
import type { CommitPlan, InputRow, Store } from "@holdfast/core/store";
import type { Kernel } from "../session/kernel.ts";

/** An input, and the version of it that a caller has seen. */
export interface SeenInput {
  readonly sessionId: SessionId;
  readonly messageId: MessageId;
  readonly version: number;
}

/**
 * Changes an input that is pending in the version that the caller has seen. Whoever changes or promotes it at the same time comes first or
 * last: where it was first, that is told.
 *
 * @throws input.not-found, input.not-pending, input.version-conflict, session.not-found, session.deleted, session.replica
 */
export const changePending = async (
  { services, committer }: Kernel,
  seen: SeenInput,
  { disposition, plan }: Pick<InputChange, "disposition"> & { readonly plan: (row: InputRow) => CommitPlan },
): Promise<InputChange> => {
  const { store } = services;
  const { sessionId, messageId } = seen;
  for (;;) {
    const row = await findPending(store, seen);
    try {
      const { head } = await committer.commit(plan(row));
      const cursor = toCursor(store.storeId, { sessionId, ...head });
      return { sessionId, messageId, version: head.seq, cursor, disposition };
    } catch (error) {
      // It is in another version by now, or not pending any more: the next look says which.
      if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
    }
  }
};

const findPending = async (store: Store, { sessionId, messageId, version }: SeenInput): Promise<InputRow> => {
  const snapshot = await store.snapshot(sessionId);
  if (snapshot === null) throw await noSession(store, sessionId);
  assertNotReplica({ sessionId, events: [] }, snapshot.replica);
  const row = await store.input({ sessionId, messageId });
  if (row === null) throw await noInput(store, { sessionId, messageId });
  if (row.state !== "pending") throw notPending({ sessionId, messageId }, row.state);
  if (row.version !== version) throw versionConflict(row, version);
  return row;
};

type InputName = Pick<SeenInput, "sessionId" | "messageId">;

/** Of an input without a row: it was pruned after what became of it, or it never was. */
const noInput = async (store: Store, name: InputName): Promise<HoldfastError> => {
  const admission = await store.admission({ messageId: name.messageId });
  if (admission?.sessionId === name.sessionId && admission.disposition !== null)
    return notPending(name, admission.disposition);
  return new HoldfastError("input.not-found", {
    message: `There is no input ${name.messageId} in session ${name.sessionId}. List what is pending with sessions.inputs.`,
    data: { ...name },
  });
};

const notPending = (name: InputName, disposition: InputRow["state"]): HoldfastError<"input.not-pending"> =>
  new HoldfastError("input.not-pending", {
    message: `Expected input ${name.messageId} to be pending, found it ${disposition}. ${disposition === "promoted" ? "The model was shown it: prompt again to say something else" : "Prompt anew under another identity"}; nothing was done.`,
    data: { ...name, disposition },
  });

const versionConflict = (
  { sessionId, messageId, version: found }: InputRow,
  expected: number,
): HoldfastError<"input.version-conflict"> =>
  new HoldfastError("input.version-conflict", {
    message: `Expected version ${expected} of input ${messageId}, found ${found}: it was changed since. Read it again with sessions.inputs, and decide anew; nothing was done.`,
    data: { sessionId, messageId, expected, version: found },
  });
