import { HoldfastError } from "@holdfast/core";

import { resolveModel } from "../model/resolve-model.ts";
import { deniesInForce, union } from "../session/setting-of.ts";
import { rulesFrom } from "../session/session-row.ts";
import { canonicalPlace } from "./canonical-place.ts";
import { noSession } from "./no-session.ts";

import type { EventDataOf } from "@holdfast/core/event";
import type { SessionRow } from "@holdfast/core/store";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

type CreateArguments = z.output<typeof argumentSchemas.create>;

/**
 * Creates a session, or returns the stored one of the same ID: concurrent creators converge on whichever was first.
 *
 * @throws location.not-found, model.unknown, model.unsupported; session.not-found, session.deleted (also for the parent)
 */
export const createSession = async (kernel: Kernel, options: CreateArguments): Promise<SessionRow> => {
  const { store, ids } = kernel.services;
  const sessionId = options.id ?? ids.next("ses");
  const stored = options.id === undefined ? null : await store.session(sessionId);
  if (stored !== null) return stored;
  const place = await canonicalPlace(options.location);
  // What cannot run is told now, not when the first prompt fails.
  if (options.model !== undefined) await resolveModel(options.model, kernel.services.model);
  const draft = kernel.committer.draft("session.created", {
    ...place,
    agent: options.agent,
    title: options.title,
    ...(await lineOf(kernel, options.parentId)),
    ...(options.model === undefined ? {} : { model: options.model }),
  });
  try {
    await kernel.committer.commit({ sessionId, events: [draft], expectedSeq: -1 });
  } catch (error) {
    if (options.id === undefined || !HoldfastError.isInstance(error, "store.sequence-conflict")) throw error;
  }
  const created = await store.session(sessionId);
  if (created === null) throw await noSession(store, sessionId);
  return created;
};

/**
 * What a session has from its parent: who is at the top, and the denies that bind it: those that the parent inherited, brings itself, and
 * those that its open execution recorded under whatever agent. Copied, so that deleting the parent lifts nothing.
 */
const lineOf = async (
  { services }: Kernel,
  parentId: CreateArguments["parentId"],
): Promise<Pick<EventDataOf<"session.created">, "parentId" | "rootId" | "denies">> => {
  if (parentId === undefined) return { denies: [] };
  const snapshot = await services.store.snapshot(parentId);
  if (snapshot === null) throw await noSession(services.store, parentId);
  const { session, execution } = snapshot;
  const recorded = execution?.state === "open" ? rulesFrom(execution.denies) : [];
  const denies = [...rulesFrom(session.denies), ...deniesInForce(services, session.agent), ...recorded];
  return { parentId, rootId: session.rootId, denies: union([], denies).map((rules) => [...rules]) };
};
