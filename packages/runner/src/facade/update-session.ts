import { resolveModel } from "../model/resolve-model.ts";
import { noSession } from "./no-session.ts";

import type { SessionRow } from "@holdfast/core/store";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/**
 * Gives a session another title, agent or model.
 *
 * @throws model.unknown, model.unsupported, session.not-found, session.deleted, session.replica
 */
export const updateSession = async (
  { services, committer }: Kernel,
  { sessionId, title, agent, model }: z.output<typeof argumentSchemas.update>,
): Promise<SessionRow> => {
  const { store } = services;
  if ((await store.session(sessionId)) === null) throw await noSession(store, sessionId);
  // What cannot run is told now, not when the next step fails.
  if (model !== undefined && model !== null) await resolveModel(model, services.model);
  const updated = committer.draft("session.updated", {
    ...(title === undefined ? {} : { title }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
  });
  await committer.commit({ sessionId, events: [updated] });
  const row = await store.session(sessionId);
  if (row === null) throw await noSession(store, sessionId);
  return row;
};
