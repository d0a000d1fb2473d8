import type { DurableEvent } from "@holdfast/core/event";

type Gists = { readonly [T in DurableEvent["type"]]?: (data: DurableEvent<T>["data"]) => string };

const gists: Gists = {
  "input.admitted": ({ text, delivery }) => `${delivery}: ${shown(text)}`,
  "input.replaced": ({ text }) => shown(text),
  "execution.ended": ({ outcome }) => outcome,
  "execution.recovered": ({ previous }) => previous.reason,
  "interrupt.requested": ({ reason }) => reason ?? "",
  "step.started": ({ index, agent, model }) => `step ${index}, ${agent}, ${model.id}`,
  "step.ended": ({ finish }) => finish,
  "step.failed": ({ failure }) => failure.class,
  "attempt.started": ({ attempt }) => (attempt === 1 ? "" : `attempt ${attempt}`),
  "attempt.ended": ({ status, usage }) => `${status}, ${usage.input} in, ${usage.output} out`,
  "retry.scheduled": ({ retry, delayMs }) => `retry ${retry} in ${delayMs} ms`,
  "text.ended": ({ text }) => shown(text),
  "reasoning.ended": ({ text }) => shown(text),
  "tool.called": ({ name }) => name,
  "tool.begun": ({ replay, attempt }) => (attempt === 1 ? `replay ${replay}` : `replay ${replay}, attempt ${attempt}`),
  "tool.settled": ({ outcome }) => (outcome.status === "stopped" ? outcome.reason : outcome.status),
  "ask.opened": ({ shown: { kind } }) => kind,
  "ask.answered": ({ answer }) => ("reply" in answer ? answer.reply : answer.kind),
  "ask.expired": ({ reason }) => reason,
  "context.admitted": ({ messageId }) => (messageId === undefined ? "a new epoch" : "what changed"),
  "compaction.started": ({ reason, throughSeq }) => `${reason}, up to ${throughSeq}`,
  "compaction.ended": ({ tokens }) => `${tokens.before} tokens to ${tokens.after}`,
  "compaction.failed": ({ failure }) => failure.class,
  "session.created": ({ agent }) => agent,
  "session.updated": ({ title }) => title ?? "",
  "session.moved": ({ location }) => location.directory,
  "todo.updated": ({ items }) => `${items.length} todos`,
};

/** What an event says, in a line beside its type. */
export const eventGist = ({ type, data }: DurableEvent): string => {
  const toGist = gists[type] as ((data: unknown) => string) | undefined;
  return toGist?.(data) ?? "";
};

const shown = (text: unknown): string => (typeof text === "string" ? text.slice(0, 120).replaceAll(/\s+/g, " ") : "");
