import type { Boundary, EventType } from "@holdfast/core/event";

/** The durable boundary that events of a type mark. The same as core's `boundaryOf`, without the schemas; a test holds the two together. */
export const boundaries: Readonly<Partial<Record<EventType, Boundary>>> = {
  "input.admitted": "B0",
  "input.promoted": "B1",
  "attempt.started": "B2",
  "tool.called": "B3",
  "tool.begun": "B4",
  "tool.settled": "B5",
  "step.ended": "B6",
  "step.failed": "B6",
  "execution.ended": "B7",
};

/** What each boundary says, in a word or two. */
export const boundaryTitles: Readonly<Record<Boundary, string>> = {
  B0: "admitted",
  B1: "promoted",
  B2: "request intended",
  B3: "call intended",
  B4: "effect begun",
  B5: "call settled",
  B6: "step settled",
  B7: "idle",
};
