import { AttemptFailed } from "../model/attempt-failed.ts";

import type { Clock } from "@holdfast/core";

/** How long a provider may say nothing that counts, in milliseconds. */
export interface WatchdogLimits {
  /** Until the first event of an answer. A model may think for long before it says anything. */
  readonly firstEventMs: number;
  /** From one event to the next. */
  readonly betweenEventsMs: number;
}

export const defaultWatchdogLimits: WatchdogLimits = { firstEventMs: 120_000, betweenEventsMs: 300_000 };

/** With a reason of its own: making an error for each attempt costs more than the sleep. */
const over = new Error("the attempt is over");

/**
 * Watches one attempt for silence. It counts events that mean something, not bytes: a proxy that sends a ping every few seconds keeps
 * a connection open for ever. One sleep at a time, whatever the number of events.
 */
export class Watchdog implements Disposable {
  readonly #clock: Clock;
  readonly #limits: WatchdogLimits;
  readonly #onSilence: (reason: AttemptFailed) => void;
  // An answer that is there at once is over before there is anything to watch: it costs neither a sleep nor a look at the clock.
  readonly #start: NodeJS.Immediate;
  #over: AbortController | undefined;
  #heard = false;
  #lastMs = 0;

  constructor(clock: Clock, limits: WatchdogLimits, onSilence: (reason: AttemptFailed) => void) {
    this.#clock = clock;
    this.#limits = limits;
    this.#onSilence = onSilence;
    this.#start = setImmediate(this.#watch);
  }

  /** Notes an event that means something. */
  heard(): void {
    this.#heard = true;
    if (this.#over !== undefined) this.#lastMs = this.#clock.monotonic();
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#start);
    this.#over?.abort(over);
  }

  readonly #watch = (): void => {
    this.#over = new AbortController();
    this.#lastMs = this.#clock.monotonic();
    // The sleep rejects when the attempt is over; nothing else in there can fail.
    this.#sleepOn(this.#over.signal).catch(() => undefined);
  };

  async #sleepOn(signal: AbortSignal): Promise<void> {
    for (;;) {
      const limitMs = this.#heard ? this.#limits.betweenEventsMs : this.#limits.firstEventMs;
      const restMs = this.#lastMs + limitMs - this.#clock.monotonic();
      if (restMs <= 0) return this.#onSilence(silence(limitMs));
      await this.#clock.sleep(restMs, signal);
    }
  }
}

const silence = (ms: number): AttemptFailed =>
  new AttemptFailed({ class: "transport", message: `The provider sent nothing that counts for ${ms / 1000} s.` });
