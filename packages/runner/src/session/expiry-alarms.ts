import { isAsking } from "@holdfast/core/session";

import type { Clock, SessionId } from "@holdfast/core";
import type { Wake } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";

/** Wakes the sessions that this runtime left resting with an ask, when the ask's time is over. */
export class ExpiryAlarms {
  readonly #clock: Clock;
  readonly #wake: (sessionId: SessionId, wake: Wake) => void;
  readonly #waits = new Map<SessionId, AbortController>();

  constructor(clock: Clock, wake: (sessionId: SessionId, wake: Wake) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Sets the alarm for a session that rests, where it asks and that ends by itself. */
  expect(snapshot: SessionSnapshot): void {
    const { session, asks, head } = snapshot;
    const { sessionId } = session;
    const soonest = Math.min(...asks.map(({ expires }) => expires ?? Infinity));
    if (soonest === Infinity || !isAsking(snapshot)) return;
    this.forget(sessionId);
    const wait = new AbortController();
    this.#waits.set(sessionId, wait);
    const answered = asks.map(({ callId }) => callId);
    this.#clock.sleep(Math.max(1, soonest - this.#clock.now()), wait.signal).then(
      () => this.#wake(sessionId, { kind: "answer", atSeq: head.seq, answered }),
      () => undefined,
    );
  }

  forget(sessionId: SessionId): void {
    this.#waits.get(sessionId)?.abort();
    this.#waits.delete(sessionId);
  }

  close(): void {
    for (const sessionId of this.#waits.keys()) this.forget(sessionId);
  }
}
