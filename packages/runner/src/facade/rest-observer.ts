import { setImmediate } from "node:timers/promises";

import { standingOf } from "@holdfast/core/session";

import { expireDueAsks } from "../session/expire-asks.ts";
import { eventAt } from "../session/event-at.ts";
import { unclaimedMs } from "../session/discovery.ts";

import type { Rest } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";

/** How a session stands, as this process can tell: at rest, and how it came to it; or when to look again, 0 for at once. */
export interface Look {
  readonly rest: Rest | undefined;
  readonly lookAgainMs: number;
}

/** How often whoever waits for rest looks although nothing was committed: an owner may have died, in milliseconds. */
export const lookAgainMs = 1_000;
/** How often it is looked whether a wake of this process has come to nothing, in milliseconds. */
export const takeUpMs = 20;

const quickTurns = 20;

/** One observer of one session, who looks again and again whether it rests. */
export class RestObserver {
  readonly #kernel: Kernel;
  readonly #coordinator: Coordinator;
  /** Since when inputs wait with nothing committed and nobody here at work on them, and where the log ended then. */
  #unclaimed: { readonly headSeq: number; readonly since: number } | undefined;

  constructor(kernel: Kernel, coordinator: Coordinator) {
    this.#kernel = kernel;
    this.#coordinator = coordinator;
  }

  /** Whether the session rests, as this process can tell. */
  async look(snapshot: SessionSnapshot): Promise<Look> {
    if (await expireDueAsks(this.#kernel, snapshot)) return { rest: undefined, lookAgainMs: 0 };
    return snapshot.execution?.state === "open" ? this.#lookAtOpen(snapshot) : this.#lookAtRest(snapshot);
  }

  async #lookAtOpen(snapshot: SessionSnapshot): Promise<Look> {
    const { recovery, name } = this.#kernel.services;
    const isActive = this.#isActive(snapshot);
    const takesOver = isActive || (recovery === "resume" && snapshot.execution?.runtime === name);
    const found = standingOf(snapshot, await this.#coordinator.ownerOf(snapshot), takesOver);
    if (!found.resting) return { rest: undefined, lookAgainMs };
    const isBetween = found.rest === "parked" && (await this.#wasJustAnswered(snapshot));
    return isBetween ? this.#whileWaiting(snapshot, false) : { rest: found.rest, lookAgainMs };
  }

  async #lookAtRest(snapshot: SessionSnapshot): Promise<Look> {
    const { inputs, session } = snapshot;
    const isActive = this.#isActive(snapshot);
    const found = standingOf(snapshot, "none", isActive);
    if (!found.resting) return this.#whileWaiting(snapshot, this.#kernel.services.recovery === "resume" || isActive);
    // An explicit wake takes up what an earlier end had left: until it has, or has found nothing, the old end is no rest.
    if (!isActive || !inputs.some(({ awake }) => awake === 1)) return { rest: found.rest, lookAgainMs };
    // Nothing is committed where it finds nothing, so that no watcher tells; but mostly it is a matter of a few turns of the loop.
    for (let turn = 0; turn < quickTurns && this.#coordinator.isActive(session.sessionId); turn++) await setImmediate();
    return { rest: undefined, lookAgainMs: this.#isActive(snapshot) ? takeUpMs : 0 };
  }

  /**
   * Inputs wait, or an ask was answered, and nobody has taken that up. Whoever did it takes it up at once, unless it died: after a while
   * nobody will, where this runtime does not by itself.
   */
  #whileWaiting(snapshot: SessionSnapshot, isTaken: boolean): Look {
    const { clock } = this.#kernel.services;
    const headSeq = snapshot.head.seq;
    if (isTaken) {
      this.#unclaimed = undefined;
      return { rest: undefined, lookAgainMs };
    }
    const now = clock.monotonic();
    if (this.#unclaimed?.headSeq !== headSeq) this.#unclaimed = { headSeq, since: now };
    const leftMs = this.#unclaimed.since + unclaimedMs - now;
    return leftMs <= 0
      ? { rest: "parked", lookAgainMs }
      : { rest: undefined, lookAgainMs: Math.min(lookAgainMs, leftMs) };
  }

  /** Whether the last word is an answer: whoever gave it takes the session up at once, unless it died. */
  async #wasJustAnswered({ session, head }: SessionSnapshot): Promise<boolean> {
    const last = await eventAt(this.#kernel.services.store, session.sessionId, head.seq);
    return last?.type === "ask.answered" || last?.type === "ask.expired";
  }

  #isActive({ session }: SessionSnapshot): boolean {
    return this.#coordinator.isActive(session.sessionId);
  }
}
