import type { EventItem } from "@holdfast/core";

/** Shows a session on the terminal as it goes: text as it streams, and a line for each call. */
export const createShow = (write: (text: string) => void): ((item: EventItem) => void) => {
  const names = new Map<string, string>();
  let isMidLine = false;
  const line = (text: string): void => {
    write(`${isMidLine ? "\n" : ""}${text}\n`);
    isMidLine = false;
  };
  return (item) => {
    if (item.kind === "live" && (item.live.type === "block.open" || item.live.type === "block.delta")) {
      const fragment = item.live.type === "block.open" ? item.live.text : item.live.delta;
      if (fragment === "") return;
      write(isMidLine ? fragment : `  ${fragment}`);
      isMidLine = true;
    }
    if (item.kind !== "event") return;
    const { type, data } = item.event;
    if (type === "tool.called") {
      names.set(data.callId, data.name);
      line(`  → ${data.name} ${typeof data.input === "string" ? data.input.slice(0, 100) : ""}`);
    } else if (type === "tool.settled") {
      const reason = data.outcome.status === "stopped" ? ` (${data.outcome.reason})` : "";
      line(`  ← ${names.get(data.callId) ?? "call"}: ${data.outcome.status}${reason}`);
    } else if (type === "text.ended" && isMidLine) line("");
  };
};
