import { canonicalJson } from "../../json/canonical.ts";
import { rulesText } from "../../permission/rule.ts";
import { forgetContext } from "./project-context.ts";

import type { Change } from "../../store/change.ts";
import type { SessionRow } from "../../store/rows.ts";
import type { ModelRef } from "../model-ref.ts";
import type { Projector } from "./projector.ts";

const modelText = (model: ModelRef | null | undefined): string | null => (model ? canonicalJson({ ...model }) : null);

// Where a session works, and that it is there, changes only while nobody works on it.
const nothingOpen: Change = { op: "require", table: "execution", where: { state: "open" }, expect: "none" };

/** Row changes of a session's own events. */
export const projectSession = {
  "session.created": ({ sessionId, time, data }) => [
    {
      op: "insert",
      table: "session",
      row: {
        sessionId,
        parentId: data.parentId ?? null,
        rootId: data.rootId ?? sessionId,
        directory: data.location.directory,
        workspaceId: data.location.workspaceId ?? null,
        project: data.project,
        agent: data.agent,
        model: modelText(data.model),
        title: data.title,
        denies: rulesText(data.denies),
        createdTime: time,
        inputTokens: 0,
        outputTokens: 0,
        cost: 0,
        activityTokens: 0,
        activityCost: 0,
      },
    },
  ],
  "session.updated": ({ sessionId, data }) => {
    const { title, agent, model } = data;
    const set: Partial<SessionRow> = {
      ...(title === undefined ? {} : { title }),
      ...(agent === undefined ? {} : { agent }),
      ...(model === undefined ? {} : { model: modelText(model) }),
    };
    return Object.keys(set).length === 0
      ? []
      : [{ op: "update", table: "session", where: { sessionId }, set, expect: "one" }];
  },
  "session.moved": ({ sessionId, data: { location, project } }) => [
    nothingOpen,
    {
      op: "update",
      table: "session",
      where: { sessionId },
      set: { directory: location.directory, workspaceId: location.workspaceId ?? null, project },
      expect: "one",
    },
    forgetContext(sessionId),
  ],
  "session.deleted": () => [nothingOpen],
} satisfies {
  readonly [T in "session.created" | "session.updated" | "session.moved" | "session.deleted"]: Projector<T>;
};
