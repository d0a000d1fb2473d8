import type { StepId } from "../../ids/id.ts";
import type { Message } from "../message.ts";

/** Where a conversation is cut: what is before goes into the summary, and the rest stays as it is. */
export interface Cut {
  /** The seq of the last message that goes. */
  readonly throughSeq: number;
  /** The messages that go, and were not summarised before, oldest first. */
  readonly replaced: readonly Message[];
}

/** What is known of a conversation that is to be cut. */
export interface CutGround {
  /** All messages, oldest first. */
  readonly messages: readonly Message[];
  /** The last message that was summarised before; -1 for none. */
  readonly afterSeq: number;
  /** The step that is open, whose messages are not cut off. */
  readonly openStepId?: StepId | undefined;
  /** How many tokens may stay as they are. */
  readonly keptTokens: number;
  readonly tokensOf: (message: Message) => number;
}

/**
 * Where to cut: as much as fits stays as it is, and the kept part begins where a person spoke, or else, within one long activity, where a
 * step began. Calls are never parted from their results, and what a person said is never parted from the answer to it. Where not even the last
 * exchange fits, as little stays as can. Undefined where there is nothing to cut off.
 */
export const chooseCut = ({
  messages: all,
  afterSeq,
  openStepId,
  keptTokens,
  tokensOf,
}: CutGround): Cut | undefined => {
  const messages = all.filter(({ seq }) => seq > afterSeq);
  const openAt = messages.findIndex((message) => isOfStep(message, openStepId));
  const end = openAt < 0 ? messages.length : openAt;
  let best: number | undefined;
  let tokens = 0;
  for (let index = messages.length; index > 0; index--) {
    const next = messages[index];
    if (next !== undefined) tokens += tokensOf(next);
    if (index > end || !isBoundary(messages, index, end)) continue;
    // The first one that is looked at keeps the least, whether it fits or not.
    if (best === undefined || (tokens <= keptTokens && isBetter(messages, index, best))) best = index;
    if (tokens > keptTokens) break;
  }
  const last = best === undefined ? undefined : messages[best - 1];
  return last === undefined ? undefined : { throughSeq: last.seq, replaced: messages.slice(0, best) };
};

/** Whether the conversation may be cut before the message at a position. */
const isBoundary = (messages: readonly Message[], index: number, end: number): boolean => {
  const before = messages[index - 1];
  const next = messages[index];
  if (before?.role !== "assistant") return false;
  if (next === undefined || index === end) return true;
  // An answer in several attempts is one.
  return next.role !== "assistant" || (next.stepId !== before.stepId && next.synthetic === undefined);
};

/** Whether a cut that keeps more is the better one: a step's beginning only where no person's words are kept otherwise. */
const isBetter = (messages: readonly Message[], index: number, best: number): boolean =>
  messages[index]?.role === "user" || messages[best]?.role !== "user";

const isOfStep = (message: Message, stepId: StepId | undefined): boolean =>
  stepId !== undefined && message.role === "assistant" && message.stepId === stepId;
