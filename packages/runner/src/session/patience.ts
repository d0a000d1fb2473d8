import { HoldfastError } from "@holdfast/core";

import type { SessionSnapshot } from "@holdfast/core/store";

/** How often work is begun that comes to nothing, and the first pause in between, which doubles, in milliseconds. */
const tries = 8;
const firstPauseMs = 20;

/**
 * Whether it is of use to look at a session once more. To be refused because another process was first, or to find all as it
 * was, is no reason to wait the first time; after that, it is.
 */
export class Patience {
  #seen: string | undefined;
  #refusal: unknown;
  #futile = 0;

  /** Forgets what was: another process is at work, and is waited for. */
  reset(): void {
    this.#seen = undefined;
    this.#refusal = undefined;
    this.#futile = 0;
  }

  /** Notes that another process was first. */
  refuse(refusal: unknown): void {
    this.#refusal = refusal;
  }

  /**
   * How many milliseconds to wait before there is anything done about what was read.
   *
   * @throws store.fenced where that came to nothing too often.
   */
  pauseBefore({ session, head, claim }: SessionSnapshot): number {
    const seen = `${head.seq} ${claim?.owner ?? ""} ${claim?.fence ?? ""}`;
    const isFutile = seen === this.#seen || this.#refusal !== undefined;
    this.#futile = isFutile ? this.#futile + 1 : 0;
    if (this.#futile >= tries) throw outOfPatience(session.sessionId, this.#refusal);
    this.#seen = seen;
    this.#refusal = undefined;
    return this.#futile < 2 ? 0 : firstPauseMs * 2 ** (this.#futile - 2);
  }
}

const outOfPatience = (sessionId: string, cause: unknown): HoldfastError<"store.fenced"> =>
  new HoldfastError("store.fenced", {
    message: `Expected to take up the work on session ${sessionId}, found it refused or as it was ${tries} times. Verify the session; it is looked at again when something is asked of it.`,
    data: { sessionId },
    cause,
  });
