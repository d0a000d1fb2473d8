import { asks } from "./after-event/asks.ts";
import { calls } from "./after-event/calls.ts";
import { compactions } from "./after-event/compactions.ts";
import { executions } from "./after-event/executions.ts";
import { inputs } from "./after-event/inputs.ts";
import { sessions } from "./after-event/sessions.ts";
import { steps } from "./after-event/steps.ts";

import type { EventType } from "../../packages/core/src/event/catalogue.ts";
import type { AfterEvent } from "./after-event/after-event-row.ts";

/**
 * The law of crashes, event by event. The compiler asks for a line where the catalogue gains an event, and the check of links finds a test
 * that was renamed.
 */
export const afterEvent = {
  ...sessions,
  ...inputs,
  ...executions,
  ...steps,
  ...calls,
  ...asks,
  ...compactions,
} as const satisfies { readonly [T in EventType]: AfterEvent };
