import { PromptBuilder } from "../model/prompt-builder.ts";
import { SessionHistory } from "./session-history.ts";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { ReadyModel } from "../model/resolve-model.ts";

/** What prompts are made for. */
export type PromptModel = Pick<ReadyModel, "ref" | "media">;

/** A session's history and its prompts, in one pair of hands. */
export interface Cached {
  readonly key: string;
  readonly history: SessionHistory;
  readonly prompts: PromptBuilder;
}

/** How many sessions' histories stay in memory between their executions. */
const mostHistories = 64;
/** What they may take together, roughly. */
const mostBytes = 64 * 1024 * 1024;

/** What the system message of a request is made of. */
export interface SystemParts {
  readonly instructions: string | undefined;
  /** Of the system context, where it is to be another one than the history's. */
  readonly context?: { readonly baseline: string | undefined };
}

/** A history with prompts for a model and a system message: as they are, where they are for those already. */
export const promptsFor = (
  known: Cached | Pick<Cached, "history">,
  { ref, media }: PromptModel,
  { instructions, context = known.history.history.context }: SystemParts,
): Cached => {
  const system = [instructions, context.baseline].filter((text) => text !== undefined && text !== "").join("\n\n");
  const key = [ref.provider ?? "", ref.id, media?.join(" ") ?? "*", system].join("\u0000");
  if ("key" in known && known.key === key) return known;
  return { key, history: known.history, prompts: new PromptBuilder(ref, system === "" ? undefined : system, media) };
};

/** Histories of sessions that worked here lately, so that the next turn reads only what is new. */
export class HistoryCache {
  readonly #store: Store;
  readonly #entries = new Map<SessionId, Cached>();
  readonly #mostBytes: number;
  #bytes = 0;

  constructor(store: Store, limit: number = mostBytes) {
    this.#store = store;
    this.#mostBytes = limit;
  }

  /** The history of a session, and its prompts for a model and an agent's instructions. The caller has it alone until it puts it back. */
  take(sessionId: SessionId, model: PromptModel, instructions: string | undefined): Cached {
    const known = this.#entries.get(sessionId);
    this.#remove(sessionId);
    return promptsFor(known ?? { history: new SessionHistory(this.#store, sessionId) }, model, { instructions });
  }

  /** Keeps a history for the session's next execution; the ones that were kept longest make room for it. */
  put(sessionId: SessionId, cached: Cached): void {
    this.#remove(sessionId);
    this.#entries.set(sessionId, cached);
    this.#bytes += cached.history.bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= mostHistories && this.#bytes <= this.#mostBytes) return;
      this.#remove(oldest);
    }
  }

  // While it is in here nobody works with it, so that it weighs what it weighed when it was put.
  #remove(sessionId: SessionId): void {
    this.#bytes -= this.#entries.get(sessionId)?.history.bytes ?? 0;
    this.#entries.delete(sessionId);
  }
}
