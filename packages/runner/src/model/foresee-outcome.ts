import type { EventDataOf } from "@holdfast/core/event";
import type { Message } from "@holdfast/core";

/** The outcome of a call that is on its way to the log, together with the start of the step that shows it. */
export type ForeseenOutcome = Pick<EventDataOf<"tool.settled">, "callId" | "outcome">;

/** A message as it will be in history once the outcome is in the log. */
export const foreseeOutcome = (message: Message, { callId, outcome }: ForeseenOutcome): Message => {
  if (message.role !== "assistant") return message;
  const content = message.content.map((part) =>
    part.type === "call" && part.callId === callId ? { ...part, state: "settled" as const, outcome } : part,
  );
  return { ...message, content };
};
