import type { ModelRef, SessionInfo } from "@holdfast/core";
import type { SessionRow } from "@holdfast/core/store";
import type { FakeKernel } from "./fake-kernel.ts";

/** A session, as a caller sees it. */
export const toSessionInfo = async (kernel: FakeKernel, row: SessionRow): Promise<SessionInfo> => {
  const { sessionId, parentId, workspaceId } = row;
  const first = await kernel.event(sessionId, 0);
  const forkedFrom = first?.type === "session.created" ? first.data.forkedFrom : undefined;
  const replica = (await kernel.store.snapshot(sessionId))?.replica ?? null;
  return {
    id: sessionId,
    ...(parentId === null ? {} : { parentId }),
    rootId: row.rootId,
    location: { directory: row.directory, ...(workspaceId === null ? {} : { workspaceId }) },
    project: row.project,
    agent: row.agent,
    ...(row.model === null ? {} : { model: JSON.parse(row.model) as ModelRef }),
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
