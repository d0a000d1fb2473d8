import type { Slots } from "./slots.ts";

/** A deadline that does not run while a person is waited for. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** A call's place among those that run at once. While it waits for a person it has none, and its deadline does not run. */
export class CallPlace implements Disposable {
  readonly #slots: Slots;
  readonly #onChange: () => void;
  #slot: Disposable | undefined;
  #deadline: Pausable | undefined;
  #waits = 0;
  #isOver = false;

  private constructor(slots: Slots, slot: Disposable, onChange: () => void) {
    this.#slots = slots;
    this.#slot = slot;
    this.#onChange = onChange;
  }

  /** Resolves with a place. `onChange` is called whenever the call begins or ends to wait. */
  static async take(slots: Slots, onChange: () => void): Promise<CallPlace> {
    return new CallPlace(slots, await slots.take(), onChange);
  }

  /** Whether the call waits for a person. */
  get isWaiting(): boolean {
    return this.#waits > 0;
  }

  /** Whose deadline stops while the call waits. */
  use(deadline: Pausable): void {
    this.#deadline = deadline;
  }

  /** Waits for a person. Several waits of one call may overlap. */
  readonly aside = async <T>(wait: () => Promise<T>): Promise<T> => {
    if (this.#waits++ === 0) this.#leave();
    try {
      return await wait();
    } finally {
      if (--this.#waits === 0) await this.#return();
    }
  };

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#slot?.[Symbol.dispose]();
    this.#slot = undefined;
  }

  #leave(): void {
    this.#deadline?.pause();
    this.#slot?.[Symbol.dispose]();
    this.#slot = undefined;
    this.#onChange();
  }

  async #return(): Promise<void> {
    this.#onChange();
    if (this.#isOver) return;
    const slot = await this.#slots.take();
    // It may be over by now, or wait again, or have got a place by another wait that ended.
    if (this.#isOver || this.#waits > 0 || this.#slot !== undefined) return slot[Symbol.dispose]();
    this.#slot = slot;
    this.#deadline?.resume();
  }
}
