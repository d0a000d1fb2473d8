import { HoldfastError } from "@holdfast/core";

import { CleanUps } from "../clean-ups.ts";
import { agentTools } from "../location/agent-tools.ts";
import { reasonOf } from "../reason-of.ts";
import { AskDesk } from "./ask-desk.ts";
import { CommitQueue } from "./commit-queue.ts";
import { promptsFor } from "./history-cache.ts";
import { LaneStopped } from "./lane-stopped.ts";
import { lookForInterrupt } from "./look-for-interrupt.ts";

import type { ExecutionId, SessionId } from "@holdfast/core";
import type { Blob, EventDataOf, EventDraft, EventType, ExecutionOutcome, Failure } from "@holdfast/core/event";
import type { ActivityUse } from "@holdfast/core/session";
import type { CommitResult, Fence } from "@holdfast/core/store";
import type { OpenLocation } from "../location/open-location.ts";
import type { ForeseenOutcome } from "../model/foresee-outcome.ts";
import type { Boundary } from "./boundary.ts";
import type { LaneCommit } from "./commit-queue.ts";
import type { Cached, SystemParts } from "./history-cache.ts";
import type { Kernel } from "./kernel.ts";
import type { StopKind } from "./lane-stopped.ts";
import type { PreparedGround } from "./prepare-request.ts";
import type { SessionHistory } from "./session-history.ts";
import type { StepSetting } from "./setting-of.ts";

/** What stays as it is while this process works on an execution. */
export interface LaneWork {
  readonly sessionId: SessionId;
  readonly executionId: ExecutionId;
  /** The end of the log when the execution began: what its inputs ask for comes after it. */
  readonly startedSeq: number;
  readonly location: OpenLocation;
  /** What saved approvals are scoped to. */
  readonly project: string;
  readonly fence: Fence;
  /** Whether the claim was taken before the lane was opened; else its first commit takes it. */
  readonly isClaimed: boolean;
}

/** This process's work on one execution: its claim, its history, and what it is about to commit. Dies with the claim. */
export class Lane implements Disposable {
  readonly work: LaneWork;
  readonly history: SessionHistory;
  /** Since when this process works on it, in epoch milliseconds. */
  readonly sinceTime: number;
  /** Where the lane asks people. */
  readonly asks: AskDesk;
  /** Position of the current step in its activity, from 1. */
  stepIndex = 0;
  /** How this lane ended its execution, where it did. As completed, no promotable input was left in that commit. */
  ended: ExecutionOutcome | undefined;
  /** Whether the conversation was compacted since the last step began, and why one that was asked for came to nothing. */
  compaction: { readonly done: boolean; readonly failure?: Failure | undefined } = { done: false };
  readonly #kernel: Kernel;
  readonly #commits: CommitQueue;
  readonly #abort = new AbortController();
  readonly #resources = new CleanUps();
  #stoppedAt = 0;
  #boundary: Boundary | undefined;
  #setting: StepSetting;
  #cached: Cached;
  #foreseen: ForeseenOutcome | undefined;
  /** Of the activity's attempts, as the session's row counts them. */
  #tokens: number;
  #cost: number;

  constructor(kernel: Kernel, work: LaneWork, first: { readonly setting: StepSetting; readonly cached: Cached }) {
    this.#kernel = kernel;
    this.work = work;
    this.sinceTime = kernel.services.clock.now();
    this.#setting = first.setting;
    this.#cached = first.cached;
    this.history = first.cached.history;
    this.#tokens = first.setting.session.activityTokens;
    this.#cost = first.setting.session.activityCost;
    // Commits of other processes are noticed too, so what was read while nobody watched is read again once.
    this.history.offer(null);
    const { sessionId, fence, isClaimed, location } = work;
    this.#resources.use(work.location.use());
    this.#resources.defer(() => kernel.histories.put(sessionId, this.#cached));
    this.#commits = this.#resources.use(
      new CommitQueue(
        kernel,
        { sessionId, location, fence, onBroken: (error) => this.#onBroken(error), mayRetry: () => this.#mayRetry() },
        isClaimed,
      ),
    );
    this.asks = this.#resources.use(new AskDesk(kernel, this));
    this.#resources.use(
      kernel.services.store.watch(sessionId, (committed) => {
        this.history.offer(committed);
        if (committed === null || committed.some(({ type }) => type === "interrupt.requested"))
          void lookForInterrupt(kernel, this);
      }),
    );
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** What the current step runs with. */
  get setting(): StepSetting {
    return this.#setting;
  }

  /** What the activity has used so far. */
  get used(): ActivityUse {
    return { tokens: this.#tokens, cost: this.#cost, steps: this.stepIndex };
  }

  /** What a request of a step with this setting is prepared from. `context`: where it tells another baseline. */
  groundOf(setting: StepSetting, context?: SystemParts["context"]): PreparedGround {
    const { model, agent, agentName } = setting;
    const { sessionId, location } = this.work;
    // Kept at once: whether the step can be started or not, the prompts are right for their model and instructions.
    const parts = { instructions: agent?.instructions, ...(context === undefined ? {} : { context }) };
    this.#cached = promptsFor(this.#cached, model, parts);
    const { hooks, tools: all } = location;
    const setup = { agent: agentName, tools: agentTools(all.capture(), agent), hooks, model };
    return { sessionId, ...setup, ...this.#cached, foreseen: this.#foreseen, signal: this.signal };
  }

  /** Goes on with what the step that was just started runs with, and its position in its activity: the first one opened it. */
  enter(setting: StepSetting, stepIndex: number): void {
    this.#setting = setting;
    this.stepIndex = stepIndex;
    [this.#foreseen, this.compaction] = [undefined, { done: false }];
    if (stepIndex === 1) [this.#tokens, this.#cost] = [0, 0];
  }

  /** Why the lane was stopped, if it was. */
  get stopped(): StopKind | undefined {
    return this.signal.reason instanceof LaneStopped ? this.signal.reason.kind : undefined;
  }

  /** Seq of the last event that this lane committed; -1 before. */
  get headSeq(): number {
    return this.#commits.headSeq;
  }

  /** The last boundary, while nobody else has written since. */
  get boundary(): Boundary | undefined {
    return this.#commits.isAlone ? this.#boundary : undefined;
  }

  /** Keeps what is left of a boundary, for the next one. */
  keepBoundary(boundary: Boundary): void {
    this.#boundary = boundary;
    this.#commits.see(boundary.headSeq);
  }

  stop(kind: StopKind, cause?: unknown): void {
    if (this.signal.aborted) return;
    this.#stoppedAt = this.#kernel.services.clock.monotonic();
    if (kind === "fenced") {
      const { sessionId, fence } = this.work;
      this.#kernel.services.logger.warn("another process may own a session now: the work on it stops here", {
        sessionId,
        fence: fence.fence,
        ...(cause === undefined ? {} : { reason: reasonOf(cause) }),
      });
    }
    this.#abort.abort(new LaneStopped(kind, cause));
  }

  /** @throws store.fenced, after it has stopped the lane, where this runtime's renewals are so old that another may own it now. */
  assertLease(): void {
    try {
      this.#kernel.owner.assertLease();
    } catch (error) {
      this.stop("fenced", error);
      throw error;
    }
  }

  /** An event of now, ready for a plan. */
  draft<TType extends EventType>(type: TType, data: EventDataOf<TType>, blobs: readonly Blob[] = []): EventDraft {
    return this.#kernel.committer.draft(type, data, blobs);
  }

  /** Puts an event down for the next commit, which comes in this turn of the loop or right after it. */
  stage(draft: EventDraft, blobs: readonly Blob[] = []): void {
    if ("usage" in draft.data) {
      const { usage, cost } = draft.data;
      this.#tokens += usage.input + usage.output;
      this.#cost += cost;
    }
    this.#commits.stage(draft, blobs);
  }

  /**
   * Puts the outcome of a step's last call down for the next commit: that of the next step's start, where it comes in this turn of the
   * loop. False, with nothing done, where something of the step is not durable yet: then history does not show what the outcome is of.
   */
  stageOutcome(data: EventDataOf<"tool.settled">): boolean {
    if (!this.#commits.isIdle) return false;
    this.stage(this.draft("tool.settled", data));
    this.#foreseen = data;
    return true;
  }

  /** Makes the outcome durable that waits for the next step's start, where there is one: to be called before what may take long. */
  async settleFirst(): Promise<void> {
    if (this.#foreseen !== undefined) await this.flush();
  }

  /** Resolves when everything that was staged or is under way is durable. */
  flush(): Promise<void> {
    return this.#commits.flush();
  }

  /**
   * Commits what was staged, and then these, after all that was to be committed before. A store that is full or fails is tried again
   * while the claim holds.
   *
   * @throws store.fenced and every other refusal; the lane is stopped then, but for a condition that was allowed not to hold.
   */
  commit(drafts: readonly EventDraft[], options: LaneCommit = {}): Promise<CommitResult> {
    return this.#commits.commit(drafts, options);
  }

  /** Gives the claim up where it is still held, after what was put down: an outcome is known, whatever broke the lane after it. */
  async giveUp(): Promise<void> {
    const flushed = this.#commits.flush();
    // Where it was a commit that broke the lane, nothing comes after that one.
    await (this.stopped === "broken" ? flushed.catch(() => undefined) : flushed);
    await this.#commits.release();
  }

  /** Whether nobody works on it any more. */
  get isOver(): boolean {
    return this.#resources.done;
  }

  [Symbol.dispose](): void {
    this.#resources[Symbol.dispose]();
  }

  #onBroken(error: unknown): void {
    this.stop(HoldfastError.isInstance(error, "store.fenced") ? "fenced" : "broken", error);
  }

  /** A runtime that closes waits for a failing store no longer than for anything else. */
  #mayRetry(): boolean {
    const { clock, limits } = this.#kernel.services;
    return this.stopped !== "disposed" || clock.monotonic() - this.#stoppedAt < limits.graceMs;
  }
}
