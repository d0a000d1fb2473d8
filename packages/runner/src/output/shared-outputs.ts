import { fromOutputRef } from "@holdfast/core/tool";
import { sharesBeginning } from "@holdfast/core/store";

import { readMessages } from "../facade/read-messages.ts";

import type { SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

const mostKnown = 1_000;
const pageSize = 200;

/**
 * Which outputs of other sessions a session may read: those of its line that its own results refer to, as a fork's do. What a log that
 * was imported says of any other session opens nothing. Looked up in its messages
 * once for each; an output is read in many windows.
 */
export class SharedOutputs {
  readonly #store: Store;
  readonly #known = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  async has(sessionId: SessionId, ref: string): Promise<boolean> {
    const key = `${sessionId} ${ref}`;
    if (this.#known.has(key)) return true;
    const owner = fromOutputRef(ref)?.sessionId;
    if (owner === undefined || (await this.#store.head(sessionId)) === null) return false;
    if (!(await sharesBeginning(this.#store, sessionId, owner)) || !(await this.#find(sessionId, ref))) return false;
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.add(key);
    return true;
  }

  async #find(sessionId: SessionId, ref: string): Promise<boolean> {
    let afterSeq: number | undefined = -1;
    while (afterSeq !== undefined) {
      const page = await readMessages(this.#store, { sessionId, afterSeq, limit: pageSize });
      const isThere = page.messages.some(
        (message) =>
          message.role === "assistant" &&
          message.content.some((part) => part.type === "call" && part.outcome?.output === ref),
      );
      if (isThere) return true;
      afterSeq = page.nextAfterSeq;
    }
    return false;
  }
}
