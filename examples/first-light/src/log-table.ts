import { boundaryOf } from "@holdfast/core/event";

import type { CallOutcome, DurableEvent } from "@holdfast/core/event";

/** A session's log as a table: seq, durable boundary, type, and what it says. */
export const logTable = (events: readonly DurableEvent[]): string => {
  const names = new Map<string, string>();
  const rows = events.map(
    (event) => [String(event.seq), boundaryOf(event.type) ?? "", event.type, describe(event, names)] as const,
  );
  const widths = [0, 1, 2].map((column) => Math.max(4, ...rows.map((row) => row[column]?.length ?? 0)));
  const format = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [format(["seq", "", "type", "what"]), ...rows.map(format)].map((line) => `  ${line}`).join("\n");
};

const describe = (event: DurableEvent, names: Map<string, string>): string => {
  switch (event.type) {
    case "session.created":
      return `at ${event.data.location.directory}`;
    case "input.admitted":
    case "text.ended":
    case "reasoning.ended":
      return typeof event.data.text === "string" ? clip(event.data.text) : "(a long text)";
    case "execution.started":
      return `owner ${event.data.owner}, fence ${event.fence}`;
    case "execution.recovered":
      return `owner ${event.data.owner}, fence ${event.fence}, trusts event ${event.data.trusted.seq}`;
    case "execution.ended":
      return event.data.outcome;
    case "attempt.ended":
      return `${event.data.status}, ${event.data.usage.input} tokens in, ${event.data.usage.output} out`;
    case "retry.scheduled":
      return `retry ${event.data.retry} after ${event.data.delayMs} ms, ${event.data.class}`;
    case "tool.called":
      names.set(event.data.callId, event.data.name);
      return `${event.data.name} ${typeof event.data.input === "string" ? clip(event.data.input) : ""}`;
    case "tool.begun":
      return `${names.get(event.data.callId)}, replay ${event.data.replay}`;
    case "tool.settled":
      return `${names.get(event.data.callId)}: ${inWords(event.data.outcome)}`;
    default:
      return "";
  }
};

const inWords = (outcome: CallOutcome): string =>
  outcome.status === "stopped" ? `stopped, ${outcome.reason}` : outcome.status;

const clip = (text: string): string => {
  const [line = ""] = text.split("\n");
  return line.length > 70 ? `${line.slice(0, 70)}…` : line;
};
