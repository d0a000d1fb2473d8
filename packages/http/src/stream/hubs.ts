import { SessionHub } from "./session-hub.ts";

import type { Cursor } from "@holdfast/core";
import type { FrameQueue } from "./frame-queue.ts";
import type { HubOptions } from "./session-hub.ts";

/** The hubs of a server: one for each session that is followed, with and without fragments. */
export class Hubs {
  readonly #hubs = new Map<string, SessionHub>();

  /** Puts a stream that was told everything up to a cursor on its session's hub. False where it has to be told more first. */
  join(queue: FrameQueue, at: Cursor, options: Omit<HubOptions, "after" | "onEnd">): Promise<boolean> {
    const key = `${options.sessionId} ${options.live}`;
    let hub = this.#hubs.get(key);
    if (hub === undefined) {
      const made = new SessionHub({
        ...options,
        after: at,
        onEnd: () => {
          if (this.#hubs.get(key) === made) this.#hubs.delete(key);
        },
      });
      this.#hubs.set(key, made);
      const joined = made.join(queue, at);
      // It never rejects: what goes wrong is told to its members.
      void made.run();
      return joined;
    }
    return hub.join(queue, at);
  }
}
