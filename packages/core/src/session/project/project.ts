import { projectAsk } from "./project-ask.ts";
import { projectCompaction } from "./project-compaction.ts";
import { projectContext } from "./project-context.ts";
import { projectExecution } from "./project-execution.ts";
import { projectInput } from "./project-input.ts";
import { projectSession } from "./project-session.ts";
import { projectStep } from "./project-step.ts";
import { projectTodo } from "./project-todo.ts";
import { projectTool } from "./project-tool.ts";

import type { DurableEvent, EventType } from "../../event/catalogue.ts";
import type { Change } from "../../store/change.ts";
import type { Projector } from "./projector.ts";

const projectors: { readonly [T in EventType]: Projector<T> } = {
  ...projectSession,
  ...projectInput,
  ...projectExecution,
  ...projectStep,
  ...projectTool,
  ...projectAsk,
  ...projectTodo,
  ...projectCompaction,
  ...projectContext,
};

/**
 * The typed, conditional row changes of one event. Pure: a store applies them in the event's transaction, and applying them
 * again over the whole log gives the same rows.
 */
export const project = (event: DurableEvent): readonly Change[] =>
  (projectors[event.type] as (event: DurableEvent) => readonly Change[])(event);
