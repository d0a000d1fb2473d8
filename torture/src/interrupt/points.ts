import {
  createGate,
  providerError,
  refuse,
  scriptedModel,
  text,
  toolCall,
  toolResultsOfTurn,
  wait,
} from "@holdfast/testkit";

import type { EventType } from "@holdfast/core/event";
import type { Gate, Script, ScriptedModel } from "@holdfast/testkit";

/** How a session is brought to a point, and held there. */
export interface Hold {
  /** Opened when the session is at the point. */
  readonly reached: Gate;
  /** Opened when it may go on, where nothing else ends the wait. */
  readonly mayGo: Gate;
}

/** One point of a turn. */
export interface Point {
  /** The first commit of this event is held: before it is made, or before the runtime hears that it was. */
  readonly commit?: { readonly type: EventType; readonly held: "before" | "after" };
  /** What the model answers to the first prompt; anything else is answered at once. */
  readonly answer?: (hold: Hold) => Script;
  /** The event at which it is there, where no gate says so. */
  readonly event?: EventType;
  /** How the turn comes out. Default: interrupted. */
  readonly outcome?: "completed";
}

const never = new Promise<never>(() => {});
const once =
  (call: ReturnType<typeof toolCall>): Script =>
  (prompt) =>
    toolResultsOfTurn(prompt).length === 0 ? [call] : [text("Done.")];

/** The file in which the command of the point "execute" writes down its processes. */
export const pidsFile = "pids.txt";

/** Every point at which a session is interrupted. */
export const points: Readonly<Record<string, Point>> = {
  // Nothing runs yet, and the interruption says so: the input that comes to be admitted is answered.
  admission: { commit: { type: "input.admitted", held: "after" }, outcome: "completed" },
  promotion: { commit: { type: "input.promoted", held: "after" } },
  request: {
    answer:
      ({ reached }) =>
      () => {
        reached.open();
        return never;
      },
  },
  stream: {
    answer:
      ({ reached }) =>
      () => {
        setTimeout(() => reached.open(), 20);
        return [text("Half an answer, ", { open: true }), wait(never)];
      },
  },
  prepare: { answer: () => once(toolCall("look", {})) },
  execute: {
    answer: () =>
      once(
        toolCall("bash", { command: `sleep 600 & echo $! $$ > ${pidsFile}.new; mv ${pidsFile}.new ${pidsFile}; wait` }),
      ),
  },
  ask: { answer: () => once(toolCall("guarded", {})), event: "ask.opened" },
  settlement: { answer: () => once(toolCall("mark", {})), commit: { type: "tool.settled", held: "before" } },
  "retry back-off": {
    answer: () => () => [refuse(providerError({ status: 503 }))],
    event: "retry.scheduled",
  },
};

/** The model of a point: the turn that is interrupted, and any later one. */
export const modelOf = (point: Point, hold: Hold): ScriptedModel => {
  const answer = point.answer?.(hold);
  return scriptedModel(
    async (prompt, index) => {
      const asked = prompt.filter(({ role }) => role === "user").length;
      return asked === 1 && typeof answer === "function" ? answer(prompt, index) : [text("Here.")];
    },
    { record: false },
  );
};

/** A hold that nothing has reached yet. */
export const createHold = (): Hold => ({ reached: createGate(), mayGo: createGate() });
