import { HoldfastError } from "@holdfast/core";
import { assertNotReplica } from "@holdfast/core/store";

import { busySession } from "./busy-session.ts";
import { canonicalPlace } from "./canonical-place.ts";
import { noSession } from "./no-session.ts";

import type { SessionRow } from "@holdfast/core/store";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/**
 * Lets a session at rest go on at another Location. An execution that is about to start where it was, starts anew at the new one.
 *
 * @throws location.not-found, session.busy, session.not-found, session.deleted, session.replica
 */
export const moveSession = async (
  { services, committer }: Kernel,
  { sessionId, location }: z.output<typeof argumentSchemas.move>,
): Promise<SessionRow> => {
  const { store } = services;
  const snapshot = await store.snapshot(sessionId);
  if (snapshot === null) throw await noSession(store, sessionId);
  assertNotReplica({ sessionId, events: [] }, snapshot.replica);
  const moved = committer.draft("session.moved", await canonicalPlace(location));
  try {
    await committer.commit({ sessionId, events: [moved] });
  } catch (error) {
    // The one condition of a move.
    if (HoldfastError.isInstance(error, "store.condition-failed")) throw busySession(sessionId, "an execution open");
    throw error;
  }
  const row = await store.session(sessionId);
  if (row === null) throw await noSession(store, sessionId);
  return row;
};
