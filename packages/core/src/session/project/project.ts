import { canonicalJson } from "../../json/canonical.ts";
import { rulesText } from "../../permission/rule.ts";
import { projectExecution } from "./project-execution.ts";
import { projectStep } from "./project-step.ts";
import { projectTool } from "./project-tool.ts";

import type { DurableEvent, EventType } from "../../event/catalogue.ts";
import type { Change } from "../../store/change.ts";
import type { Projector } from "./projector.ts";

const projectors: { readonly [T in EventType]: Projector<T> } = {
  "session.created": ({ sessionId, time, data }) => [
    {
      op: "insert",
      table: "session",
      row: {
        sessionId,
        parentId: data.parentId ?? null,
        directory: data.location.directory,
        workspaceId: data.location.workspaceId ?? null,
        project: data.project,
        agent: data.agent,
        model: data.model === undefined ? null : canonicalJson({ ...data.model }),
        title: data.title,
        denies: rulesText(data.denies),
        createdTime: time,
        inputTokens: 0,
        outputTokens: 0,
        cost: 0,
      },
    },
  ],
  "input.admitted": ({ sessionId, seq, data }) => [
    // An answer may have the ID that a caller chose: such an input could never be promoted.
    { op: "require", table: "message", where: { messageId: data.messageId }, expect: "none" },
    {
      op: "insert",
      table: "input",
      row: {
        sessionId,
        messageId: data.messageId,
        seq,
        delivery: data.delivery,
        state: "pending",
        awake: data.resume ? 1 : 0,
        promotedSeq: null,
        version: seq,
      },
    },
  ],
  "input.promoted": ({ sessionId, seq, data }) => [
    {
      op: "update",
      table: "input",
      where: { messageId: data.messageId, state: "pending", awake: 1 },
      set: { state: "promoted", promotedSeq: seq, version: seq },
      expect: "one",
    },
    { op: "insert", table: "message", row: { sessionId, messageId: data.messageId, seq, role: "user" } },
  ],
  ...projectExecution,
  ...projectStep,
  ...projectTool,
};

/**
 * The typed, conditional row changes of one event. Pure: a store applies them in the event's transaction, and applying them
 * again over the whole log gives the same rows.
 */
export const project = (event: DurableEvent): readonly Change[] =>
  (projectors[event.type] as (event: DurableEvent) => readonly Change[])(event);
