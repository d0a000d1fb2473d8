import { HoldfastError } from "@holdfast/core";

import { asDecided } from "./as-decided.ts";

import type { MessageId } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { ClaimChange, SessionRow } from "@holdfast/core/store";
import type { LaneCommit } from "./commit-queue.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

/** How long what plugins decide may keep an execution from being opened, in milliseconds: only one that is open can be interrupted. */
export const openingMs = 1_000;

const answered = new Error("plugins have answered");

/** The commit that starts an execution: its event, its claim, and the inputs that it wakes. */
export interface ExecutionStart {
  readonly draft: EventDraft;
  readonly claim: ClaimChange;
  readonly woken: readonly MessageId[];
}

/** How an execution is opened: with the first commit of its work, or by itself where plugins keep that waiting. */
export class ExecutionOpening {
  readonly #kernel: Kernel;
  readonly #lane: Lane;
  readonly #start: ExecutionStart;
  #waiting: { readonly start: NodeJS.Immediate; over?: AbortController; opened?: Promise<void> } | undefined;

  constructor(kernel: Kernel, lane: Lane, start: ExecutionStart) {
    this.#kernel = kernel;
    this.#lane = lane;
    this.#start = start;
  }

  get woken(): readonly MessageId[] {
    return this.#start.woken;
  }

  /** Whether it is open. */
  get isDone(): boolean {
    return this.#lane.headSeq >= 0;
  }

  /** Plugins are about to be asked, for a session that was read like this. */
  expect(session: SessionRow): void {
    if (this.isDone || this.#waiting !== undefined) return;
    // Mostly nobody is asked, or answers in this turn of the loop: that costs no sleep.
    const start = setImmediate(() => {
      const over = new AbortController();
      this.#waiting = { start, over, opened: this.#openLate(session, over.signal) };
    });
    this.#waiting = { start };
  }

  /** What the first commit of the work has to bring along: nothing where the execution is open by now. */
  async part(): Promise<{ readonly drafts: readonly EventDraft[]; readonly commit: Pick<LaneCommit, "claim"> }> {
    await this.settle();
    const { draft, claim } = this.#start;
    return this.isDone ? { drafts: [], commit: {} } : { drafts: [draft], commit: { claim } };
  }

  /** Plugins have answered, or nobody waits for them any more: it is not opened by itself from here on. */
  async settle(): Promise<void> {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    clearImmediate(waiting.start);
    waiting.over?.abort(answered);
    await waiting.opened;
    this.#waiting = undefined;
  }

  async #openLate(session: SessionRow, over: AbortSignal): Promise<void> {
    const lane = this.#lane;
    try {
      await this.#kernel.services.clock.sleep(openingMs, AbortSignal.any([over, lane.signal]));
    } catch {
      return;
    }
    const { draft, claim } = this.#start;
    try {
      await lane.commit([draft], { claim, changes: asDecided(session, []), conditional: true });
    } catch (error) {
      // The session has changed, which the work meets too; anything else has stopped the lane.
      if (!HoldfastError.isInstance(error, "store.condition-failed") && lane.stopped === undefined) throw error;
    }
  }
}
