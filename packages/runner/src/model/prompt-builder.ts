import { canonicalJson, deepFreeze } from "@holdfast/core";

import { sha256 } from "../ports/sha256.ts";
import { charactersOf } from "./estimate.ts";
import { foreseeOutcome } from "./foresee-outcome.ts";
import { summaryMessage } from "./summary-message.ts";
import { toPromptMessages } from "./to-prompt.ts";

import type { LanguageModelV4Message, LanguageModelV4Prompt } from "@ai-sdk/provider";
import type { JsonValue, Message, ModelRef, SystemMessage, UserMessage } from "@holdfast/core";
import type { History } from "@holdfast/core/session";
import type { ForeseenOutcome } from "./foresee-outcome.ts";
import type { TakenMedia } from "./to-file-part.ts";

/** What a request shows the model, and a hash that a replay can rebuild. */
export interface BuiltPrompt {
  readonly prompt: LanguageModelV4Prompt;
  readonly hash: string;
  /** What it counts in an estimate of its tokens. */
  readonly characters: number;
}

/** What the commit that starts an attempt adds to the history. */
export interface Forthcoming {
  /** Inputs that it promotes, and what it tells of the system context. */
  readonly added?: readonly (UserMessage | SystemMessage)[];
  readonly foreseen?: ForeseenOutcome | undefined;
}

/**
 * Builds prompts of one session, again and again. Messages that can no longer change are converted and hashed once, so that the
 * price of a step does not grow with the history. Where the conversation was compacted, its summary comes first, and then what it does not
 * stand for. What was told of the system context in epochs that are over is left out: the baseline may say something else by now.
 */
export class PromptBuilder {
  readonly #model: ModelRef;
  readonly #media: TakenMedia;
  readonly #stable: LanguageModelV4Message[] = [];
  readonly #system: string | undefined;
  /** Where the summary was written that the prompts begin with. */
  #summarySeq: number | undefined;
  /** Up to where updates of the system context are left out. */
  #sinceSeq = -1;
  #converted = 0;
  #frozen = 0;
  #link: Link;

  constructor(model: ModelRef, system: string | undefined, media?: TakenMedia) {
    this.#model = model;
    this.#media = media;
    this.#system = system;
    this.#link = this.#begin();
  }

  /**
   * The messages of a prompt that was just built, frozen: those that can no longer change once, however often they are shown. The prompt
   * itself is left as it is, since whoever goes through a frozen list does so slowly.
   */
  frozen(prompt: LanguageModelV4Prompt): readonly LanguageModelV4Message[] {
    for (; this.#frozen < this.#stable.length; this.#frozen++) deepFreeze(this.#stable[this.#frozen]);
    for (let index = this.#frozen; index < prompt.length; index++) deepFreeze(prompt[index]);
    return Object.freeze([...prompt]);
  }

  /** The prompt that shows a history as it will be after a commit, which may settle a call and add messages. */
  build(history: History, { added = [], foreseen }: Forthcoming = {}): BuiltPrompt {
    this.#beginAnew(history);
    for (let message = history.at(this.#converted); message !== undefined;) {
      if (!isFinal(message, { isLast: this.#converted === history.size - 1 })) break;
      const converted = this.#convert(message);
      // First what can throw: a message that was kept without its hash would be there twice after the next try.
      this.#link = chain(this.#link, converted);
      this.#stable.push(...converted);
      message = history.at(++this.#converted);
    }
    const prompt = [...this.#stable];
    let link = this.#link;
    const add = (message: Message): void => {
      const converted = this.#convert(message);
      prompt.push(...converted);
      link = chain(link, converted);
    };
    for (let index = this.#converted; index < history.size; index++) {
      const message = history.at(index);
      if (message !== undefined) add(foreseen === undefined ? message : foreseeOutcome(message, foreseen));
    }
    for (const message of added) add(message);
    return { prompt, ...link };
  }

  /** Begins anew after a summary was written, or an epoch ended: once for each, so that the price of a step stays as it is. */
  #beginAnew(history: History): void {
    const { summary } = history.compactions;
    const { sinceSeq } = history.context;
    if (summary?.seq === this.#summarySeq && sinceSeq === this.#sinceSeq) return;
    this.#link = this.#begin();
    this.#converted = 0;
    if (summary !== undefined) {
      const shown = summaryMessage(summary.text);
      this.#link = chain(this.#link, [shown]);
      this.#stable.push(shown);
      while ((history.at(this.#converted)?.seq ?? Infinity) <= summary.throughSeq) this.#converted += 1;
    }
    this.#summarySeq = summary?.seq;
    this.#sinceSeq = sinceSeq;
  }

  #convert(message: Message): readonly LanguageModelV4Message[] {
    if (message.role === "system" && message.seq <= this.#sinceSeq) return [];
    return toPromptMessages(message, this.#model, this.#media);
  }

  #begin(): Link {
    const system = this.#system;
    this.#stable.length = 0;
    this.#frozen = 0;
    if (system !== undefined) this.#stable.push({ role: "system", content: system });
    return { hash: sha256(canonicalJson(system ?? null)), characters: system?.length ?? 0 };
  }
}

type Link = Omit<BuiltPrompt, "prompt">;

// One link a message, so that the hash is the same whenever a message came to be final.
const chain = (link: Link, messages: readonly LanguageModelV4Message[]): Link => {
  if (messages.length === 0) return link;
  const text = canonicalJson(messages as unknown as JsonValue);
  return { hash: sha256(link.hash + text), characters: link.characters + charactersOf(messages, text.length) };
};

/**
 * Whether nothing can be added to a message any more, and none of its calls is open. One that was cut before it had any content is
 * taken up again by the next attempt, as long as it is the last.
 */
const isFinal = (message: Message, { isLast }: { readonly isLast: boolean }): boolean => {
  if (message.role !== "assistant") return true;
  if (message.status === "open" || (isLast && message.status !== "finished" && message.content.length === 0))
    return false;
  return message.content.every((part) => part.type !== "call" || part.state === "settled");
};
