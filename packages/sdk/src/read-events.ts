import { badAnswer } from "./attempt.ts";
import { EventFrames } from "./event-frames.ts";
import { EventOrder } from "./event-order.ts";
import { leavable } from "./leavable.ts";
import { longestAfterMs, mostRetries, pauseMs } from "./pause.ts";
import { toRequest } from "./request.ts";
import { Silence } from "./silence.ts";

import type { EventItem, EventsQuery } from "@holdfast/core";
import type { Attempt } from "./attempt.ts";
import type { CallOptions } from "./client-options.ts";
import type { Wire } from "./wire.ts";

/** The pause after a connection that had brought something is anything up to this, in milliseconds, and doubles while none does. */
const firstPauseMs = 100;

/** The session's events, over as many connections as it takes. */
export const readEvents = (wire: Wire, query: EventsQuery, options: CallOptions = {}): AsyncIterable<EventItem> => ({
  [Symbol.asyncIterator]: () => {
    const leaving = new AbortController();
    const signal = wire.endingWith(leaving.signal, query.signal, options.signal);
    const reader = new EventReader(wire, query, { signal, left: leaving.signal });
    return leavable(reader.read(), () => leaving.abort());
  },
});

/** What ends a reader: its caller's signal or its client, and that its caller left. */
interface Ends {
  readonly signal: AbortSignal;
  readonly left: AbortSignal;
}

/** One reader of one session's events. */
class EventReader {
  readonly #wire: Wire;
  readonly #query: EventsQuery;
  readonly #ends: Ends;
  readonly #order: EventOrder;
  /** Connections in a row that brought nothing. */
  #failures = 0;
  /** Whether the server has answered once: from then on it is waited for. */
  #isKnown = false;

  constructor(wire: Wire, query: EventsQuery, ends: Ends) {
    this.#wire = wire;
    this.#query = query;
    this.#ends = ends;
    this.#order = new EventOrder(query.until);
  }

  async *read(): AsyncGenerator<EventItem, void, undefined> {
    try {
      while (!this.#order.isOver) {
        this.#ends.signal.throwIfAborted();
        const pause = yield* this.#connection();
        if (!this.#order.isOver) await this.#wire.ports.sleep(pause, this.#ends.signal);
      }
    } catch (error) {
      // Whoever left wants no reason.
      if (!this.#ends.left.aborted) throw error;
    }
  }

  /** What one connection brings; returns how long to pause before the next one, in milliseconds. */
  async *#connection(): AsyncGenerator<EventItem, number, undefined> {
    const silence = new Silence();
    try {
      const opened = await silence.broken(this.#open(AbortSignal.any([this.#ends.signal, silence.signal])));
      if (!("value" in opened)) return this.#afterFailure(opened);
      this.#isKnown = true;
      return yield* this.#follow(opened.value, silence);
    } finally {
      silence.end();
    }
  }

  async *#follow(connection: EventFrames, silence: Silence): AsyncGenerator<EventItem, number, undefined> {
    let afterMs: number | undefined;
    for (;;) {
      const frames = await this.#next(connection, silence);
      if (frames === null) return this.#pause(afterMs);
      for (const frame of frames) {
        this.#failures = 0;
        const taken = this.#order.take(frame);
        if ("error" in taken) return this.#afterFailure(taken);
        afterMs = taken.afterMs ?? afterMs;
        yield* taken.items;
        if (this.#order.isOver) return 0;
      }
    }
  }

  #open(signal: AbortSignal): Promise<Attempt<EventFrames>> {
    const { cursor } = this.#order;
    const request = toRequest("GET /v1/sessions/{sessionId}/events", this.#query);
    const sending = { signal, accept: "text/event-stream", lastEventId: cursor };
    return this.#wire.send<EventFrames>(request, sending, async ({ body, status }) =>
      body === null ? { error: badAnswer("no body", { status }), isPassing: false } : { value: new EventFrames(body) },
    );
  }

  /** The next frames; null where the connection ended, however it did. */
  async #next(frames: EventFrames, silence: Silence) {
    try {
      return await silence.broken(frames.next());
    } catch {
      // A connection that breaks is no failure of the reading: the next one goes on from the cursor.
      this.#ends.signal.throwIfAborted();
      return null;
    }
  }

  #afterFailure({ error, isPassing, afterMs = 0 }: Exclude<Attempt<never>, { readonly value: never }>): number {
    this.#ends.signal.throwIfAborted();
    // A server that has answered before is waited for without end; one that never did is given up, as by any other call.
    const isWorthIt = this.#isKnown ? isPassing || error.retryable : isPassing && this.#failures < mostRetries;
    if (!isWorthIt || afterMs > longestAfterMs) throw error;
    return this.#pause(afterMs);
  }

  #pause(afterMs: number | undefined): number {
    return pauseMs(this.#failures++, this.#wire.ports.random, { firstMs: firstPauseMs, afterMs });
  }
}
