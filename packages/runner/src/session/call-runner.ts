import { isJsonObject, toWellFormed } from "@holdfast/core";
import { toTextValue } from "@holdfast/core/event";

import { sha256 } from "../ports/sha256.ts";
import { Alarm } from "../alarm.ts";
import { boundOutcome } from "./bound-outcome.ts";
import { hookedCall, shapeOutcome } from "./call-hooks.ts";
import { CallPlace } from "./call-place.ts";
import { stopped } from "./call-outcomes.ts";
import { commitClosing } from "./commit-closing.ts";
import { DoomedCalls } from "./doomed-calls.ts";
import { HostedCalls } from "./hosted-calls.ts";
import { askAboutEffect } from "./effect-word.ts";
import { runCall } from "./run-call.ts";
import { Slots } from "./slots.ts";

import type { CallId, StepId } from "@holdfast/core";
import type { AskShown, CallOutcome } from "@holdfast/core/event";
import type { LocationHooks } from "@holdfast/core/plugin";
import type { RegisteredTool, ToolSet } from "../location/tool-registry.ts";
import type { ProviderResult } from "../model/to-hosted-result.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { Settlement } from "./settlement.ts";
import type { TakenCall } from "./taken-call.ts";
import type { ModelCall } from "./stream-attempt.ts";

/** What the calls of one step may use. */
export interface CallScope {
  readonly stepId: StepId;
  readonly tools: ToolSet;
  /** What plugins had tapped when these tools were captured. */
  readonly hooks: LocationHooks;
  /** False on an activity's last step, where the model must answer. */
  readonly callable: boolean;
}

/** Runs the calls of one step, each at once and concurrently with the others, and settles every one. */
export class CallRunner {
  readonly #kernel: Kernel;
  readonly #lane: Lane;
  readonly #scope: CallScope;
  readonly #slots: Slots;
  readonly #doomed: DoomedCalls;
  readonly #hosted = new HostedCalls();
  readonly #places = new Set<CallPlace>();
  #count = 0;
  #unsettled = 0;
  #isAnswered = false;
  #changed = new Alarm();

  constructor(kernel: Kernel, lane: Lane, scope: CallScope) {
    this.#kernel = kernel;
    this.#lane = lane;
    this.#scope = scope;
    const { concurrentCalls, identicalFailures } = kernel.services.limits;
    this.#slots = new Slots(concurrentCalls);
    this.#doomed = new DoomedCalls(() => lane.history.history, identicalFailures);
  }

  /** How many calls there were whose outcome the model has not seen; it knows the results that its provider gave. */
  get count(): number {
    return this.#count;
  }

  /** Puts the call down, durably before anything is done about it, and lets it go its way. */
  start(call: ModelCall): void {
    const callId = this.#kernel.services.ids.next("cal");
    const registered = this.#scope.tools.get(call.name);
    const { value, blobs } = toTextValue(toWellFormed(call.input), sha256);
    const data = {
      callId,
      stepId: this.#scope.stepId,
      messageId: call.messageId,
      position: call.position,
      providerCallId: call.providerCallId,
      name: toWellFormed(call.name),
      input: value,
      ...(registered === undefined || call.providerExecuted ? {} : { definition: registered.definition }),
      ...(call.providerExecuted ? { providerExecuted: true as const } : {}),
      ...(isJsonObject(call.providerMetadata) ? { providerMetadata: call.providerMetadata } : {}),
    };
    this.#lane.stage(this.#lane.draft("tool.called", data, blobs), blobs);
    if (call.providerExecuted) return this.#hosted.add(call.providerCallId, callId);
    const refusal = this.#refusalOf(call);
    const work =
      refusal === undefined ? this.#accept({ ...call, callId, before: undefined }) : this.#settle(callId, 1, refusal);
    this.#watch(work);
  }

  /** Settles a call that its provider ran, by the provider's own result. */
  answer(result: ProviderResult): void {
    const end = this.#hosted.answer(result);
    if (end === undefined) return;
    // The model has it already: nothing more is to be shown to it.
    if (end.hosted !== undefined) this.#count -= 1;
    this.#watch(this.#settle(end.callId, 1, end));
  }

  /** Settles the calls that their provider was to run and gave no result for, since the answer is over. */
  endHosted(): void {
    for (const { callId, outcome } of this.#hosted.unanswered()) this.refuse(callId, outcome);
  }

  /** Takes up a call that an earlier process had put down: from the top, or, where it had begun, with the recorded effect. */
  again(call: TakenCall): void {
    const refusal = call.before === undefined ? this.#doomed.refusalOf(call) : undefined;
    this.#watch(refusal === undefined ? this.#accept(call) : this.#settle(call.callId, 1, refusal));
  }

  /** Takes up a begun call of which a person has to say what became of it. */
  askAbout(call: TakenCall, shown: AskShown): void {
    this.#watch(this.#accept(call, shown));
  }

  /** Settles a call without running it. */
  refuse(callId: CallId, outcome: CallOutcome): void {
    this.#watch(this.#settle(callId, 1, outcome));
  }

  /**
   * Resolves when every call is settled, or left open because the lane stopped. Where all that are left wait for a person, for long, the
   * lane rests: the calls are dropped here, and whoever has their answers runs them again.
   */
  async settled(): Promise<void> {
    const { asks, clock } = this.#kernel.services;
    this.#isAnswered = true;
    while (this.#unsettled > 0) {
      const isAsking = this.#lane.stopped === undefined && this.#waiting === this.#unsettled;
      if (!isAsking) await this.#changed.forEver();
      else if (!(await this.#changed.wait(clock, { ms: asks.restMs }))) this.#lane.stop("rested");
    }
  }

  /** How many calls wait for a person. */
  get #waiting(): number {
    return [...this.#places].filter(({ isWaiting }) => isWaiting).length;
  }

  #watch(work: Promise<void>): void {
    this.#count += 1;
    this.#unsettled += 1;
    const watched = work
      .catch((error: unknown) => {
        // A refused commit has stopped the lane, which says so; anything else is ours.
        if (this.#lane.stopped === undefined) this.#lane.stop("broken", error);
      })
      .finally(() => {
        this.#unsettled -= 1;
        this.#changed.ring();
      });
    void watched;
  }

  #refusalOf(call: ModelCall): CallOutcome | undefined {
    const { callsPerStep } = this.#kernel.services.limits;
    if (!this.#scope.callable)
      return stopped("budget", "No calls are possible in this step: answer with what you know.");
    if (this.count >= callsPerStep) return stopped("budget", `At most ${callsPerStep} calls are run in one step.`);
    return this.#doomed.refusalOf(call);
  }

  async #accept(call: TakenCall, shown?: AskShown): Promise<void> {
    const registered = this.#scope.tools.get(call.name);
    if (registered === undefined) {
      const known = [...this.#scope.tools.keys()].join(", ");
      const detail = known === "" ? "There are no tools." : `There are: ${known}.`;
      return this.#settle(call.callId, 1, stopped("unknown-tool", detail));
    }
    const outcome = await this.#run(call, registered, shown);
    if (outcome !== undefined) await this.#settle(call.callId, (call.before?.begun ?? 0) + 1, outcome);
  }

  async #run(
    call: TakenCall,
    registered: RegisteredTool,
    shown?: AskShown,
  ): Promise<CallOutcome | Settlement | undefined> {
    using place = await CallPlace.take(this.#slots, this.#changed.ring);
    this.#places.add(place);
    try {
      if (shown !== undefined) {
        const word = await askAboutEffect(this.#lane, { call, shown, aside: place.aside });
        if (word !== "continue") return word;
      }
      const { hooks } = this.#scope;
      const found = await runCall(this.#kernel, this.#lane, { call, registered, hooks, place });
      if (found === undefined) return undefined;
      const settlement = "outcome" in found ? found : { outcome: found };
      const outcome = await shapeOutcome(hooks, hookedCall(this.#lane, call), settlement.outcome);
      return { ...settlement, outcome };
    } finally {
      this.#places.delete(place);
    }
  }

  /** Whether the next step can begin once this call is settled, in one commit with that. */
  #isLast(callId: CallId): boolean {
    const { stopped, asks } = this.#lane;
    return this.#isAnswered && this.#unsettled === 1 && stopped === undefined && !asks.hasAsked(callId);
  }

  async #settle(callId: CallId, attempt: number, settlement: CallOutcome | Settlement): Promise<void> {
    const { store, logger } = this.#kernel.services;
    const {
      outcome,
      hosted,
      media,
      blobs = [],
    }: Settlement = "outcome" in settlement ? settlement : { outcome: settlement };
    const bound = await boundOutcome(outcome, {
      place: { sessionId: this.#lane.work.sessionId, callId, attempt },
      store,
      logger,
    });
    const beside = { ...(hosted === undefined ? {} : { hosted }), ...(media === undefined ? {} : { media }) };
    const data = { callId, outcome: bound, ...beside };
    // What refers to blobs goes with them, in a commit of its own.
    const isPlain = hosted === undefined && media === undefined;
    if (isPlain && this.#isLast(callId) && this.#lane.stageOutcome(data)) return;
    await commitClosing(this.#lane, [this.#lane.draft("tool.settled", data, blobs)], { callId, blobs });
  }
}
