import { PromptBuilder } from "../model/prompt-builder.ts";
import { SessionHistory } from "./session-history.ts";

import type { ModelRef, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** A session's history and its prompts, in one pair of hands. */
export interface Cached {
  readonly key: string;
  readonly history: SessionHistory;
  readonly prompts: PromptBuilder;
}

/** How many sessions' histories stay in memory between their executions. */
const capacity = 64;

/** Histories of sessions that worked here lately, so that the next turn reads only what is new. */
export class HistoryCache {
  readonly #store: Store;
  readonly #entries = new Map<SessionId, Cached>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** The history of a session, and its prompts for a model and instructions. The caller has it alone until it puts it back. */
  take(sessionId: SessionId, model: ModelRef, instructions: string | undefined): Cached {
    const key = `${model.provider ?? ""}\u0000${model.id}\u0000${instructions ?? ""}`;
    const known = this.#entries.get(sessionId);
    this.#entries.delete(sessionId);
    if (known?.key === key) return known;
    const history = known?.history ?? new SessionHistory(this.#store, sessionId);
    return { key, history, prompts: new PromptBuilder(model, instructions) };
  }

  /** Keeps a history for the session's next execution. */
  put(sessionId: SessionId, cached: Cached): void {
    this.#entries.set(sessionId, cached);
    const oldest = this.#entries.keys().next();
    if (this.#entries.size > capacity && oldest.done !== true) this.#entries.delete(oldest.value);
  }
}
