import type { SessionRow } from "@holdfast/core/store";

/** The columns of a session's row that are its projection: all but the head of its log. */
export const sessionColumns = [
  "sessionId",
  "parentId",
  "rootId",
  "directory",
  "workspaceId",
  "project",
  "agent",
  "model",
  "title",
  "denies",
  "createdTime",
  "inputTokens",
  "outputTokens",
  "cost",
  "activityTokens",
  "activityCost",
] as const satisfies readonly (keyof SessionRow)[];
