import type { EventItem, LiveEvent } from "@holdfast/core";
import type { DurableEvent } from "@holdfast/core/event";

/** Shows a session on the terminal as it goes: text as it streams, and a line for each call and each retry. */
export const createShow = (write: (text: string) => void): ((item: EventItem) => void) => {
  const names = new Map<string, string>();
  let isMidLine = false;
  const line = (text: string): void => {
    write(`${isMidLine ? "\n" : ""}${text}\n`);
    isMidLine = false;
  };
  const showFragment = (live: LiveEvent): void => {
    if (live.type !== "block.open" && live.type !== "block.delta") return;
    const fragment = live.type === "block.open" ? live.text : live.delta;
    if (fragment === "") return;
    write(isMidLine ? fragment : `  ${fragment}`);
    isMidLine = true;
  };
  const showEvent = ({ type, data }: DurableEvent): void => {
    if (type === "tool.called") {
      names.set(data.callId, data.name);
      line(`  → ${data.name} ${typeof data.input === "string" ? data.input.slice(0, 100) : ""}`);
    } else if (type === "tool.settled") {
      const reason = data.outcome.status === "stopped" ? ` (${data.outcome.reason})` : "";
      line(`  ← ${names.get(data.callId) ?? "call"}: ${data.outcome.status}${reason}`);
    } else if (type === "retry.scheduled") {
      line(`  the request failed (${data.class}); again in ${(data.delayMs / 1_000).toFixed(1)} s`);
    } else if (type === "text.ended" && isMidLine) line("");
  };
  return (item) => {
    if (item.kind === "live") showFragment(item.live);
    else if (item.kind === "event") showEvent(item.event);
  };
};
