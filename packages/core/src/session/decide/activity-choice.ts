import type { History } from "../history.ts";
import type { Message, UserMessage } from "../message.ts";
import type { ModelRef } from "../model-ref.ts";

/** The agent and the model that an activity was asked to run with; absent where no input of it named one. */
export interface ActivityChoice {
  readonly agent?: string;
  readonly model?: ModelRef;
}

/** Of each, what the latest input names that names one: inputs in the order of their promotion. */
export const activityChoice = (inputs: readonly Pick<UserMessage, "agent" | "model">[]): ActivityChoice => {
  const agent = inputs.findLast((input) => input.agent !== undefined)?.agent;
  const model = inputs.findLast((input) => input.model !== undefined)?.model;
  return { ...(agent === undefined ? {} : { agent }), ...(model === undefined ? {} : { model }) };
};

/**
 * The inputs of the activity that a history is in, oldest first: from the one that opened it, which came after an answer without calls, or
 * one that came to nothing, or as the first of the execution; to those that steered it since. Told from the messages alone, so that every
 * process tells the same.
 *
 * @param afterSeq Where the execution began: what is before it is of another activity.
 */
export const activityInputs = (history: Pick<History, "at" | "size">, afterSeq: number): readonly UserMessage[] => {
  const inputs: UserMessage[] = [];
  for (let index = history.size - 1; index >= 0; index--) {
    const message = history.at(index);
    if (message === undefined || message.seq <= afterSeq) break;
    if (message.role === "system") continue;
    if (message.role === "user") inputs.push(message);
    else if (inputs.length > 0 && !goesOn(history, index)) break;
  }
  return inputs.toReversed();
};

/** The message after one, leaving out what the system context told in between. */
const nextSaid = (history: Pick<History, "at">, index: number): Message | undefined => {
  let next = index + 1;
  while (history.at(next)?.role === "system") next++;
  return history.at(next);
};

/** Whether an answer left results for the model to look at, so that what a person said next steered the same activity. */
const goesOn = (history: Pick<History, "at">, index: number): boolean => {
  const message = history.at(index);
  if (message?.role !== "assistant") return false;
  // Between two attempts of one step nothing is promoted.
  if (nextSaid(history, index)?.role !== "user") return true;
  return message.status === "finished" && message.content.some(({ type }) => type === "call");
};
