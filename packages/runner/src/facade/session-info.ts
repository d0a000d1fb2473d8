import { HoldfastError, sessionIdSchema } from "@holdfast/core";

import { locationOf, modelOf } from "../session/session-row.ts";
import { forkOrigin } from "./fork-origin.ts";

import type { SessionInfo, SessionPage } from "@holdfast/core";
import type { SessionQuery, SessionRow, Store } from "@holdfast/core/store";
import type * as z from "zod";
import type { argumentSchemas } from "./arguments.ts";

/** A session, as a caller sees it. */
export const toSessionInfo = async (store: Store, row: SessionRow): Promise<SessionInfo> => {
  const model = modelOf(row);
  const forkedFrom = await forkOrigin(store, row.sessionId);
  const replica = (await store.snapshot(row.sessionId))?.replica ?? null;
  return {
    id: row.sessionId,
    ...(row.parentId === null ? {} : { parentId: row.parentId }),
    rootId: row.rootId,
    location: locationOf(row),
    project: row.project,
    agent: row.agent,
    ...(model === undefined ? {} : { model }),
    title: row.title,
    createdTime: row.createdTime,
    usage: {
      inputTokens: row.inputTokens,
      outputTokens: row.outputTokens,
      cost: row.cost,
      activity: { tokens: row.activityTokens, cost: row.activityCost },
    },
    ...(forkedFrom === undefined ? {} : { forkedFrom }),
    ...(replica === null ? {} : { replica: replica.replayOwner === null ? {} : { replayOwner: replica.replayOwner } }),
  };
};

/** A page of sessions, newest first. Paging is stable: a page goes on right after the last session of the one before. */
export const listSessions = async (
  store: Store,
  query: z.output<typeof argumentSchemas.list>,
): Promise<SessionPage> => {
  const { directory, parentId, search, limit, page } = query;
  const before = page === undefined ? undefined : fromPage(page);
  const found = await store.sessions({
    limit: limit + 1,
    ...(directory === undefined ? {} : { directory }),
    ...(parentId === undefined ? {} : { parentId }),
    ...(search === undefined || search === "" ? {} : { search }),
    ...(before === undefined ? {} : { before }),
  });
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const isMore = found.length > limit && last !== undefined;
  return {
    sessions: await Promise.all(rows.map((row) => toSessionInfo(store, row))),
    ...(isMore ? { next: `${last.createdTime}.${last.sessionId}` } : {}),
  };
};

const fromPage = (page: string): NonNullable<SessionQuery["before"]> => {
  const [time = "", id] = page.split(".");
  const sessionId = sessionIdSchema.safeParse(id);
  if (/^\d{1,15}$/.test(time) && sessionId.success) return { createdTime: Number(time), sessionId: sessionId.data };
  throw new HoldfastError("argument.invalid", {
    message: `sessions.list was called with a page that none of its answers carried: ${JSON.stringify(page.slice(0, 80))}. Pass "next" of the page before, unchanged.`,
    data: { method: "sessions.list" },
  });
};
