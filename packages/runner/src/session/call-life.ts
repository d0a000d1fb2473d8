import type { Clock } from "@holdfast/core";
import type { Pausable } from "./call-place.ts";
import type { Lane } from "./lane.ts";

/** Thrown where the runtime stops waiting for a tool. What the tool still returns is dropped. */
export class CallAbandoned extends Error {
  override readonly name = "CallAbandoned";
}

const over = new Error("the call is over");
// What a timer holds: beyond it Node fires at once.
const longestMs = 2 ** 31 - 1;

/** How long a call may take, and how long it may take to stop. */
export interface CallLimits {
  readonly timeoutMs: number;
  readonly graceMs: number;
}

/** How long one call lives: its signal aborts when the lane stops or its deadline passes, and some time later it is given up. */
export class CallLife implements Disposable, Pausable {
  readonly #lane: Lane;
  readonly #clock: Clock;
  readonly #limits: CallLimits;
  readonly #abort = new AbortController();
  readonly #over = new AbortController();
  readonly #abandoned = Promise.withResolvers<never>();
  #begun = false;
  #deadlinePassed = false;
  #leftMs: number;
  /** Since when the deadline runs; undefined while it is stopped. */
  #runsSince: number | undefined;
  #pause = new AbortController();

  constructor(lane: Lane, clock: Clock, limits: CallLimits) {
    this.#lane = lane;
    this.#clock = clock;
    this.#limits = limits;
    // Nobody may be waiting when it is given up.
    this.#abandoned.promise.catch(() => undefined);
    lane.signal.addEventListener("abort", this.#onLaneStop, { once: true });
    if (lane.signal.aborted) this.#onLaneStop();
    this.#leftMs = Math.min(limits.timeoutMs, longestMs);
    this.resume();
  }

  /** Aborts when the call should stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** @throws the reason for which the call should stop, or that it is over: what it still does then is its own. */
  assertLives(): void {
    this.#abort.signal.throwIfAborted();
    this.#over.signal.throwIfAborted();
  }

  get deadlinePassed(): boolean {
    return this.#deadlinePassed;
  }

  /** Stops the deadline, for as long as a person is waited for. */
  pause(): void {
    if (this.#runsSince === undefined) return;
    this.#pause.abort(over);
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.monotonic() - this.#runsSince));
    this.#runsSince = undefined;
  }

  /** Lets the rest of the deadline run. */
  resume(): void {
    if (this.#over.signal.aborted || this.#runsSince !== undefined) return;
    this.#runsSince = this.#clock.monotonic();
    this.#pause = new AbortController();
    this.#clock.sleep(this.#leftMs, this.#pause.signal).then(this.#onDeadline, () => undefined);
  }

  /** From now on the call is given time to stop, since it may have had its effect. */
  begin(): void {
    this.#begun = true;
  }

  /** What the work comes to, unless it is given up before. */
  async wait<T>(work: Promise<T> | T): Promise<T> {
    return Promise.race([work, this.#abandoned.promise]);
  }

  [Symbol.dispose](): void {
    this.#lane.signal.removeEventListener("abort", this.#onLaneStop);
    this.#over.abort(over);
    this.#pause.abort(over);
  }

  readonly #onDeadline = (): void => {
    this.#deadlinePassed = true;
    this.#stop(new Error(`the call took longer than ${this.#limits.timeoutMs} ms`));
  };

  readonly #onLaneStop = (): void => {
    const reason = this.#lane.signal.reason as unknown;
    // A runtime that closes lets what had begun finish, for a while.
    if (this.#begun && this.#lane.stopped === "disposed") this.#after(this.#limits.graceMs, () => this.#stop(reason));
    else this.#stop(reason);
  };

  #stop(reason: unknown): void {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort(reason);
    const abandon = (): void => this.#abandoned.reject(new CallAbandoned("the call did not stop in time"));
    if (this.#begun && this.#lane.stopped !== "disposed") this.#after(this.#limits.graceMs, abandon);
    else abandon();
  }

  #after(ms: number, act: () => void): void {
    this.#clock.sleep(ms, this.#over.signal).then(act, () => undefined);
  }
}
