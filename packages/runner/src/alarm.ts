import type { Clock } from "@holdfast/core";

const over = new Error("the wait is over");

/** A signal of capacity one: however often it was rung since the last wait, the next wait ends at once. */
export class Alarm {
  #rung = false;
  #wake: (() => void) | undefined;

  readonly ring = (): void => {
    this.#rung = true;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  };

  /** Resolves when it is rung, with true; or with false when the time is over or the signal aborts before. */
  async wait(clock: Clock, limits: { readonly ms: number; readonly signal?: AbortSignal }): Promise<boolean> {
    if (!this.#rung && limits.signal?.aborted !== true) await this.#sleep(clock, limits);
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }

  /** Resolves when it is rung, with true. Without an async function of its own: readers wait here for every commit. */
  forEver(): Promise<true> {
    const wasRung = this.#rung;
    this.#rung = false;
    if (wasRung) return Promise.resolve(true as const);
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#rung = false;
        resolve(true);
      };
    });
  }

  async #sleep(clock: Clock, { ms, signal }: { readonly ms: number; readonly signal?: AbortSignal }): Promise<void> {
    const limit = new AbortController();
    const awake = new Promise<void>((resolve) => {
      this.#wake = resolve;
      signal?.addEventListener("abort", () => resolve(), { once: true, signal: limit.signal });
      clock.sleep(ms, limit.signal).then(resolve, () => undefined);
    });
    await awake;
    this.#wake = undefined;
    // With a reason of its own: making an error for each wait costs more than the wait.
    limit.abort(over);
  }
}
