import { HoldfastError } from "@holdfast/core";
import { mergeWakes, nextWork, planPromotions, takeClaim } from "@holdfast/core/session";

import { FakeLive } from "./fake-live.ts";
import { FakeStep } from "./fake-step.ts";
import { toRequest } from "./fake-prompt.ts";

import type { ExecutionId, ModelRef, SessionId } from "@holdfast/core";
import type { EventDraft, ExecutionOutcome, Failure } from "@holdfast/core/event";
import type { Wake } from "@holdfast/core/session";
import type { CommitPlan, Fence, SessionSnapshot } from "@holdfast/core/store";
import type { FakeKernel } from "./fake-kernel.ts";
import type { FakeScope } from "./fake-scope.ts";
import type { Begun } from "./fake-step.ts";
import type { FakeWorker } from "./fake-worker.ts";

/** What interrupts a lane. */
const interruption = new Error("the session was interrupted");

interface Opening {
  readonly executionId: ExecutionId;
  readonly fence: Fence;
  readonly claim: ReturnType<typeof takeClaim>;
  readonly woken: SessionSnapshot["inputs"];
}

/** One session at work: execution after execution, step after step. */
export class FakeLane implements FakeScope, FakeWorker {
  readonly kernel: FakeKernel;
  readonly sessionId: SessionId;
  readonly live = new FakeLive();
  #wake: Wake | undefined;
  #work: Promise<void> | undefined;
  #stop = new AbortController();
  #current: { readonly executionId: ExecutionId; readonly fence: Fence; readonly sinceTime: number } | undefined;
  #step = 0;
  readonly #endings = new Set<() => void>();

  constructor(kernel: FakeKernel, sessionId: SessionId) {
    this.kernel = kernel;
    this.sessionId = sessionId;
  }

  get isActive(): boolean {
    return this.#work !== undefined;
  }

  get current() {
    return this.#current === undefined ? undefined : { ...this.#current, step: this.#step };
  }

  get executionId(): ExecutionId {
    if (this.#current === undefined) throw new TypeError("expected an open execution, found none");
    return this.#current.executionId;
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get ended(): Promise<void> {
    return this.#work ?? Promise.resolve();
  }

  onEnd(listener: () => void): () => void {
    this.#endings.add(listener);
    return () => this.#endings.delete(listener);
  }

  wake(wake: Wake): void {
    this.#wake = mergeWakes(this.#wake, wake);
    this.#work ??= this.#drain().finally(() => {
      this.#work = undefined;
      for (const listener of this.#endings) listener();
    });
  }

  interrupt(): void {
    this.#stop.abort(interruption);
  }

  async commit(events: readonly EventDraft[], more: Partial<CommitPlan> = {}): Promise<void> {
    const fence = this.#current === undefined ? {} : { fence: this.#current.fence };
    const { head } = await this.kernel.commit({ sessionId: this.sessionId, events, ...fence, ...more });
    this.live.seq = Math.max(this.live.seq, head.seq);
  }

  async #drain(): Promise<void> {
    const { kernel, sessionId } = this;
    for (let wake = this.#take(); wake !== undefined && !kernel.disposal.aborted; wake = this.#take()) {
      const snapshot = await kernel.store.snapshot(sessionId);
      const look = { owner: "none", wake, takesOver: false } as const;
      if (snapshot === null || nextWork(snapshot, look) !== "start") continue;
      this.#stop = new AbortController();
      const onDisposal = (): void => this.#stop.abort(kernel.disposal.reason);
      kernel.disposal.addEventListener("abort", onDisposal);
      try {
        await this.#execute(snapshot, wake);
      } catch (error) {
        // What is disposed of ends where it is.
        if (!kernel.disposal.aborted) throw error;
      } finally {
        kernel.disposal.removeEventListener("abort", onDisposal);
        this.#current = undefined;
        this.live.clear();
      }
    }
  }

  #take(): Wake | undefined {
    const wake = this.#wake;
    this.#wake = undefined;
    return wake;
  }

  async #execute(snapshot: SessionSnapshot, wake: Wake): Promise<void> {
    const { kernel } = this;
    const ownerId = kernel.ids.next("own");
    await kernel.store.renew({ ...owner, ownerId });
    const claim = takeClaim(snapshot, ownerId, false);
    const woken =
      wake.kind === "resume" ? snapshot.inputs.filter(({ awake, seq }) => awake === 0 && seq <= wake.atSeq) : [];
    const fence = { owner: ownerId, fence: claim.fence };
    const opening: Opening = { executionId: kernel.ids.next("exe"), fence, claim, woken };
    let begun = await this.#begin(opening, true);
    while (begun !== undefined) {
      this.#step = begun.index;
      const end = await new FakeStep(this, begun).run();
      if (end.kind === "stopped") return this.#end(end.events, end.outcome, end.failure);
      begun = await this.#next(end.events, end.goesOn);
    }
  }

  /** The step after one that ended; undefined where it was the last one, which then ended its execution, too. */
  async #next(events: readonly EventDraft[], goesOn: boolean): Promise<Begun | undefined> {
    if (goesOn) {
      const failure = await this.#overBudget();
      if (failure !== undefined) {
        await this.#end(events, "budget", failure);
        return undefined;
      }
      await this.commit(events);
      return this.#begin(undefined, false);
    }
    try {
      await this.#end(events, "completed");
      return undefined;
    } catch (error) {
      if (!HoldfastError.isInstance(error, "store.condition-failed")) throw error;
      // An input came meanwhile.
      await this.commit(events);
      return this.#begin(undefined, true);
    }
  }

  /** Promotes what is due, and begins the next step; again where the session changed meanwhile. */
  async #begin(opening: Opening | undefined, mayOpen: boolean): Promise<Begun | undefined> {
    for (;;) {
      const { kernel, sessionId } = this;
      const snapshot = await kernel.store.snapshot(sessionId);
      if (snapshot === null) return undefined;
      try {
        return await this.#beginOn(snapshot, opening, mayOpen);
      } catch (error) {
        if (!HoldfastError.isInstance(error, "store.sequence-conflict")) throw error;
      }
    }
  }

  async #beginOn(
    snapshot: SessionSnapshot,
    opening: Opening | undefined,
    mayOpen: boolean,
  ): Promise<Begun | undefined> {
    const { kernel, sessionId } = this;
    const { session, head } = snapshot;
    const history = await kernel.history(sessionId);
    const awake = new Set(opening?.woken.map(({ messageId }) => messageId));
    const inputs = snapshot.inputs.map((input) => (awake.has(input.messageId) ? { ...input, awake: 1 } : input));
    const { promotions, promoted, index, choice } = planPromotions({
      history,
      inputs,
      opening: mayOpen,
      cutoffSeq: head.seq,
      startedSeq: opening === undefined ? (snapshot.execution?.seq ?? -1) : head.seq,
      indexBefore: this.#step,
    });
    const executionId = opening?.executionId ?? this.executionId;
    if (mayOpen && promotions.length === 0) {
      if (opening === undefined) await this.#end([], "completed");
      return undefined;
    }
    const agent = choice.agent ?? session.agent;
    const model = choice.model ?? modelOf(session.model);
    const request = toRequest([...history.messages, ...promoted], kernel.options.tools ?? []);
    const begun: Begun = { stepId: kernel.ids.next("stp"), messageId: kernel.ids.next("msg"), index, agent, request };
    const { stepId, messageId } = begun;
    const events = [
      ...this.#opened(opening),
      ...promotions.map((input) => kernel.draft("input.promoted", { messageId: input.messageId, executionId })),
      kernel.draft("step.started", { stepId, executionId, index, agent, model }),
      kernel.draft("attempt.started", { stepId, attempt: 1, messageId, requestHash: request.hash }),
    ];
    await this.commit(events, { expectedSeq: head.seq, ...(opening === undefined ? {} : { claim: opening.claim }) });
    if (opening !== undefined) this.#current = { executionId, fence: opening.fence, sinceTime: kernel.clock.now() };
    return begun;
  }

  #opened(opening: Opening | undefined): readonly EventDraft[] {
    if (opening === undefined) return [];
    const { executionId, fence, woken } = opening;
    const started = { executionId, owner: fence.owner, runtime: "fake", denies: [] };
    const wokenIds = woken.map(({ messageId }) => messageId);
    return [this.kernel.draft("execution.started", { ...started, woken: wokenIds })];
  }

  /** Why the activity has no room for another step like the ones before; undefined where it has. */
  async #overBudget(): Promise<Failure | undefined> {
    const { steps = 50, tokens = Infinity } = this.kernel.options.budget ?? {};
    if (this.#step >= steps)
      return { class: "step-limit", message: `The activity took ${this.#step} steps of ${steps}.` };
    const { session } = await this.kernel.snapshot(this.sessionId);
    const used = session.activityTokens;
    if (used + used / this.#step <= tokens) return undefined;
    return { class: "token-limit", message: `The activity used ${used} tokens of ${tokens}.` };
  }

  #end(events: readonly EventDraft[], outcome: ExecutionOutcome, failure?: Failure): Promise<void> {
    const { executionId } = this;
    const why = failure === undefined || outcome === "interrupted" ? {} : { failure };
    const ended = this.kernel.draft("execution.ended", { executionId, outcome, ...why });
    return this.commit([...events, ended], { claim: { action: "release" } });
  }
}

const modelOf = (model: string | null): ModelRef =>
  model === null ? { id: "default" } : (JSON.parse(model) as ModelRef);

/** A fake is no process that could be lost. */
const owner = { runtime: "fake", host: "fake", boot: null, pidNamespace: null, pid: 1, startTime: null } as const;
