import { HoldfastError } from "@holdfast/core";

import { LaneStopped } from "./lane-stopped.ts";

import type { ExecutionId, SessionId } from "@holdfast/core";
import type { EventDataOf, EventDraft, EventType, Blob } from "@holdfast/core/event";
import type { ClaimChange, CommitResult, Fence } from "@holdfast/core/store";
import type { OpenLocation } from "../location/open-location.ts";
import type { PermissionGate } from "../location/permission-gate.ts";
import type { ReadyModel } from "../model/resolve-model.ts";
import type { PromptBuilder } from "../model/prompt-builder.ts";
import type { AgentDefinition } from "../runtime-options.ts";
import type { Cached } from "./history-cache.ts";
import type { Kernel } from "./kernel.ts";
import type { StopKind } from "./lane-stopped.ts";
import type { SessionHistory } from "./session-history.ts";

/** What is captured when work on an execution begins here. */
export interface LaneSetting {
  readonly sessionId: SessionId;
  readonly executionId: ExecutionId;
  readonly location: OpenLocation;
  readonly agentName: string;
  readonly agent: AgentDefinition | undefined;
  readonly model: ReadyModel;
  readonly gate: PermissionGate;
  readonly fence: Fence;
}

/** A commit beside its events. */
export interface LaneCommit {
  readonly claim?: ClaimChange;
  readonly blobs?: readonly Blob[];
}

const retryDelayMs = 500;

/** This process's work on one execution: its claim, its history, and what it is about to commit. Dies with the claim. */
export class Lane implements Disposable {
  readonly setting: LaneSetting;
  readonly history: SessionHistory;
  readonly prompts: PromptBuilder;
  /** Position of the current step in its activity, from 1. */
  stepIndex = 0;
  /** Whether this lane ended its execution as completed: no promotable input was left in that commit. */
  endedCompleted = false;
  /** Seq of the last event that this lane committed. */
  headSeq = -1;
  readonly #kernel: Kernel;
  readonly #abort = new AbortController();
  readonly #resources = new DisposableStack();
  #staged: EventDraft[] = [];
  #stagedBlobs: Blob[] = [];
  #flush: NodeJS.Immediate | undefined;

  constructor(kernel: Kernel, setting: LaneSetting, cached: Cached) {
    this.#kernel = kernel;
    this.setting = setting;
    this.history = cached.history;
    this.prompts = cached.prompts;
    // Commits of other processes are noticed too, so what was read while nobody watched is read again once.
    this.history.offer(null);
    this.#resources.defer(() => kernel.histories.put(setting.sessionId, cached));
    this.#resources.use(
      kernel.services.store.watch(setting.sessionId, (committed) => {
        this.history.offer(committed);
        if (committed === null || committed.some(({ type }) => type === "interrupt.requested"))
          this.#lookForInterrupt().catch(() => undefined);
      }),
    );
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why the lane was stopped, if it was. */
  get stopped(): StopKind | undefined {
    return this.signal.reason instanceof LaneStopped ? this.signal.reason.kind : undefined;
  }

  stop(kind: StopKind, cause?: unknown): void {
    if (!this.signal.aborted) this.#abort.abort(new LaneStopped(kind, cause));
  }

  /** An event of now, ready for a plan. */
  draft<TType extends EventType>(type: TType, data: EventDataOf<TType>, blobs: readonly Blob[] = []): EventDraft {
    return this.#kernel.committer.draft(type, data, blobs);
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

  /** Commits what was staged, if anything was. */
  async flush(): Promise<void> {
    if (this.#staged.length > 0) await this.commit([]);
  }

  /**
   * Commits what was staged, and then these. A store that is full or fails is tried again while the claim holds.
   *
   * @throws store.fenced and every other refusal; the lane is stopped then, but for a condition that did not hold.
   */
  async commit(drafts: readonly EventDraft[], { claim, blobs = [] }: LaneCommit = {}): Promise<CommitResult> {
    const events = [...this.#staged, ...drafts];
    const allBlobs = [...this.#stagedBlobs, ...blobs];
    this.#staged = [];
    this.#stagedBlobs = [];
    const { sessionId, fence } = this.setting;
    const owned = claim?.action === "take" ? { claim } : { fence, ...(claim === undefined ? {} : { claim }) };
    try {
      const result = await this.#persist({
        sessionId,
        events,
        ...owned,
        ...(allBlobs.length === 0 ? {} : { blobs: allBlobs }),
      });
      this.headSeq = result.head.seq;
      return result;
    } catch (error) {
      if (HoldfastError.isInstance(error, "store.condition-failed")) {
        // Nothing of the plan was kept: what was staged is still to be said.
        this.#staged = [...events.slice(0, events.length - drafts.length), ...this.#staged];
        this.#stagedBlobs = [...allBlobs, ...this.#stagedBlobs];
      } else this.stop(HoldfastError.isInstance(error, "store.fenced") ? "fenced" : "broken", error);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#flush);
    this.#resources.dispose();
  }

  async #persist(plan: Parameters<Kernel["committer"]["commit"]>[0]): Promise<CommitResult> {
    for (;;) {
      try {
        return await this.#kernel.committer.commit(plan);
      } catch (error) {
        if (!HoldfastError.isInstance(error) || !["store.full", "store.io", "store.busy"].includes(error.code))
          throw error;
        this.#kernel.owner.assertLease();
        await this.#kernel.services.clock.sleep(retryDelayMs);
      }
    }
  }

  async #lookForInterrupt(): Promise<void> {
    const { sessionId, executionId, fence } = this.setting;
    const { claim, execution } = (await this.#kernel.services.store.snapshot(sessionId)) ?? {};
    if (claim !== undefined && claim !== null && claim.fence > fence.fence) this.stop("fenced");
    else if (execution?.executionId === executionId && execution.interruptSeq !== null) this.stop("interrupted");
  }
}
