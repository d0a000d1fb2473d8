import { HoldfastError } from "@holdfast/core";

import type { SessionId } from "@holdfast/core";
import type { Blob, EventDraft } from "@holdfast/core/event";
import type { Change, ClaimChange, CommitPlan, CommitResult, Fence } from "@holdfast/core/store";
import type { OpenLocation } from "../location/open-location.ts";
import type { Kernel } from "./kernel.ts";

/** A commit beside its events. */
export interface LaneCommit {
  readonly claim?: ClaimChange;
  readonly blobs?: readonly Blob[];
  /** Conditions beside those of the events. */
  readonly changes?: readonly Change[];
  /** Whether a condition of the rows may be found not to hold. Nothing of the plan is kept then, and what was staged stays staged. */
  readonly conditional?: boolean;
}

/** Whose commits these are, and who has to know where one is lost. */
export interface CommitScope {
  readonly sessionId: SessionId;
  /** Whose observers are told. Default: looked up for each commit. */
  readonly location?: OpenLocation;
  readonly fence: Fence;
  /** Called once, with what broke the queue. */
  readonly onBroken: (error: unknown) => void;
  /** Whether it still makes sense to try a store again that is full or fails. */
  readonly mayRetry: () => boolean;
}

interface Staged {
  readonly events: readonly EventDraft[];
  readonly blobs: readonly Blob[];
}

const nothing: Staged = { events: [], blobs: [] };
const retryDelayMs = 500;
const passing: ReadonlySet<string> = new Set(["store.full", "store.io", "store.busy"]);

/**
 * The commits of one lane, one after the other: a commit that waits for a full disk is not overtaken by what was decided after it,
 * or an answer would be complete without its text. Where one is lost, nothing comes after it.
 */
export class CommitQueue implements Disposable {
  readonly #kernel: Kernel;
  readonly #scope: CommitScope;
  #staged: EventDraft[] = [];
  #stagedBlobs: Blob[] = [];
  /** What was staged for a commit whose condition did not hold. It comes before all that is committed next, also what waits by then. */
  #left: Staged = nothing;
  #flush: NodeJS.Immediate | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #underWay = 0;
  #broken: { readonly error: unknown } | undefined;
  #headSeq = -1;
  /** Whether the log holds nothing of others since the seq that the lane saw last. */
  #isAlone = false;
  #seenSeq = -1;
  #ownsClaim: boolean;

  /** @param ownsClaim Whether the claim was taken before the first commit, and not by it. */
  constructor(kernel: Kernel, scope: CommitScope, ownsClaim: boolean) {
    this.#kernel = kernel;
    this.#scope = scope;
    this.#ownsClaim = ownsClaim;
  }

  /** Seq of the last event that was committed here; -1 before. */
  get headSeq(): number {
    return this.#headSeq;
  }

  /** Whether everything after the last `see` is what was committed here. */
  get isAlone(): boolean {
    return this.#isAlone;
  }

  /** Whether everything that was committed or put down here is durable. */
  get isIdle(): boolean {
    return this.#underWay === 0 && this.#staged.length === 0 && this.#left.events.length === 0;
  }

  /** Notes that the log was seen up to a seq, by a read. */
  see(seq: number): void {
    this.#isAlone = true;
    this.#seenSeq = seq;
  }

  /**
   * Puts events down for the next commit, which comes in this turn of the loop or right after it. Facts of one moment share one
   * commit: the end of a block and of its attempt, the end of a step and the start of the next.
   */
  stage(draft: EventDraft, blobs: readonly Blob[] = []): void {
    this.#staged.push(draft);
    this.#stagedBlobs.push(...blobs);
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined;
      // The failure has stopped the lane; whoever works on it meets the signal.
      this.flush().catch(() => undefined);
    });
  }

  /** Resolves when everything that was staged or is under way is durable. */
  async flush(): Promise<void> {
    if (this.#staged.length > 0) return void (await this.commit([], {}));
    await this.#last;
    if (this.#broken !== undefined) throw this.#broken.error;
    if (this.#left.events.length > 0) await this.commit([], {});
  }

  /** @throws store.fenced and every other refusal; but for a condition that was allowed not to hold, the queue is broken then. */
  async commit(
    drafts: readonly EventDraft[],
    { claim, changes, blobs = [], conditional = false }: LaneCommit,
  ): Promise<CommitResult> {
    const staged = { events: this.#staged, blobs: this.#stagedBlobs };
    this.#staged = [];
    this.#stagedBlobs = [];
    const { sessionId, fence } = this.#scope;
    const plan: CommitPlan = {
      sessionId,
      events: drafts,
      blobs,
      ...(claim?.action === "take" ? { claim } : { fence, ...(claim === undefined ? {} : { claim }) }),
      ...(changes === undefined ? {} : { changes }),
    };
    const committed = this.#afterwards(this.#last, { staged, plan, conditional });
    this.#last = committed.catch(() => undefined);
    return committed;
  }

  /** Gives the claim up as it is, without what was staged; nothing where there is none to give up. */
  async release(): Promise<void> {
    await this.#last;
    if (!this.#ownsClaim) return;
    const { sessionId, fence } = this.#scope;
    await this.#persist({ sessionId, events: [], fence, claim: { action: "release" } });
    this.#kernel.services.faults?.reach("after:released");
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#flush);
  }

  async #afterwards(
    before: Promise<unknown>,
    {
      staged,
      plan,
      conditional,
    }: { readonly staged: Staged; readonly plan: CommitPlan; readonly conditional: boolean },
  ): Promise<CommitResult> {
    this.#underWay += 1;
    let first = staged;
    try {
      await before;
      if (this.#broken !== undefined) throw this.#broken.error;
      first = merge(this.#left, staged);
      this.#left = nothing;
      return await this.#persist({ ...plan, ...merge(first, { events: plan.events, blobs: plan.blobs ?? [] }) });
    } catch (error) {
      if (conditional && HoldfastError.isInstance(error, "store.condition-failed")) this.#left = first;
      else this.#break(error);
      throw error;
    } finally {
      this.#underWay -= 1;
    }
  }

  #break(error: unknown): void {
    if (this.#broken !== undefined) return;
    this.#broken = { error };
    this.#scope.onBroken(error);
  }

  async #persist(plan: CommitPlan): Promise<CommitResult> {
    const { committer, owner, services } = this.#kernel;
    for (let isFirst = true; ; isFirst = false) {
      try {
        const result = await committer.commit(plan, this.#scope.location);
        if (result.status === "committed" && result.events.length > 0) {
          this.#isAlone &&= result.events[0]?.seq === this.#seenSeq + 1;
          this.#seenSeq = result.head.seq;
          this.#headSeq = result.head.seq;
        }
        if (plan.claim !== undefined) this.#ownsClaim = plan.claim.action === "take";
        return result;
      } catch (error) {
        if (!HoldfastError.isInstance(error) || !passing.has(error.code) || !this.#scope.mayRetry()) throw error;
        if (isFirst)
          services.logger.error(
            "the store does not take what a session has to say; trying again while the claim holds",
            {
              sessionId: plan.sessionId,
              code: error.code,
            },
          );
        owner.assertLease();
        await services.clock.sleep(retryDelayMs);
      }
    }
  }
}

const merge = (left: Staged, right: Staged): Staged =>
  left.events.length === 0
    ? right
    : { events: [...left.events, ...right.events], blobs: [...left.blobs, ...right.blobs] };
