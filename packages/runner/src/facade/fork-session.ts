import { HoldfastError } from "@holdfast/core";
import { forkEvents } from "@holdfast/core/session";
import { readLog } from "@holdfast/core/store";

import { sha256 } from "../ports/sha256.ts";
import { isPruned } from "../session/is-pruned.ts";
import { forkOrigin } from "./fork-origin.ts";
import { noSession } from "./no-session.ts";
import { seqOfCursor } from "./seq-of-cursor.ts";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { SessionRow, Store } from "@holdfast/core/store";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/**
 * Makes a fork, or returns the stored one of the same ID, for as long as its first event is there to tell what it is a fork of. It is bound by what bound its source, the denies that were inherited, and by
 * nothing of this runtime: a copy is as free as its original, and whoever runs it adds its own denies.
 *
 * @throws argument.invalid, cursor.*, session.not-found, session.deleted
 */
export const forkSession = async (
  { services }: Kernel,
  { sessionId: sourceId, id, at }: z.output<typeof argumentSchemas.fork>,
): Promise<SessionRow> => {
  const { store, ids, clock } = services;
  const head = await store.head(sourceId);
  if (head === null || (await store.session(sourceId)) === null) throw await noSession(store, sourceId);
  const seq = at === undefined ? undefined : await seqOfCursor(store, sourceId, at);
  const stored = async (): Promise<SessionRow | null> =>
    id === undefined ? null : storedFork(store, id, { sourceId, seq });
  const known = await stored();
  if (known !== null) return known;
  const sessionId = id ?? ids.next("ses");
  const source = await readWhole(store, sourceId, head.seq);
  const target = { sessionId, time: clock.now(), nextId: () => ids.next("evt"), hash: sha256 };
  const events = forkEvents(source, { ...target, ...(seq === undefined ? {} : { seq }) });
  try {
    await store.import({ sessionId, events, as: "native" });
  } catch (error) {
    // Texts that were there went with the source's events.
    if (HoldfastError.isInstance(error, "store.blob-missing") && (await isPruned(store, sourceId, 0))) {
      throw pruned(sourceId);
    }
    // Concurrent callers converge on whichever was first.
    const made = HoldfastError.isInstance(error, "import.not-replica") ? await stored() : null;
    if (made === null) throw error;
    return made;
  }
  const row = await store.session(sessionId);
  if (row === null) throw await noSession(store, sessionId);
  return row;
};

/** The session of an ID, if it is this fork; null for none. */
const storedFork = async (
  store: Store,
  sessionId: SessionId,
  { sourceId, seq }: { readonly sourceId: SessionId; readonly seq: number | undefined },
): Promise<SessionRow | null> => {
  const row = await store.session(sessionId);
  if (row === null) return null;
  const origin = await forkOrigin(store, sessionId);
  if (origin?.sessionId === sourceId && (seq === undefined || origin.seq === seq)) return row;
  const found = (await isPruned(store, sessionId, 0))
    ? "a session whose beginning was pruned, so that it cannot tell any more where it comes from. Read it with sessions.get if it is known to be this fork, or choose another ID"
    : "another session. Choose another ID";
  throw new HoldfastError("argument.invalid", {
    message: `Expected ${sessionId} to be a new ID, or that of this very fork of ${sourceId}, found ${found}; nothing was done.`,
    data: { method: "sessions.fork", sessionId },
  });
};

/** Every event of a log, from its first. */
const readWhole = async (store: Store, sessionId: SessionId, headSeq: number): Promise<readonly SealedEnvelope[]> => {
  const events: SealedEnvelope[] = [];
  for await (const event of readLog(store, sessionId, -1)) events.push(event);
  const last = events.at(-1)?.seq ?? -1;
  // Each stands at its own seq, or some were pruned before or while they were read.
  if (last >= headSeq && last === events.length - 1) return events;
  throw pruned(sessionId);
};

const pruned = (sessionId: SessionId): HoldfastError<"argument.invalid"> =>
  new HoldfastError("argument.invalid", {
    message: `Expected the log of session ${sessionId} from its first event, found it pruned. Only a session whose log is whole can be forked; nothing was done.`,
    data: { method: "sessions.fork", sessionId },
  });
