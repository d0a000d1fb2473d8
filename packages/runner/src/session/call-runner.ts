import { isJsonObject, toWellFormed } from "@holdfast/core";
import { toTextValue } from "@holdfast/core/event";

import { sha256 } from "../ports/sha256.ts";
import { boundOutcome } from "./bound-outcome.ts";
import { stopped } from "./call-outcomes.ts";
import { runCall } from "./run-call.ts";
import { Slots } from "./slots.ts";

import type { CallId, StepId } from "@holdfast/core";
import type { CallOutcome } from "@holdfast/core/event";
import type { ToolSet } from "../location/tool-registry.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { TakenCall } from "./taken-call.ts";
import type { ModelCall } from "./stream-attempt.ts";

/** What the calls of one step may use. */
export interface CallScope {
  readonly stepId: StepId;
  readonly tools: ToolSet;
  /** False on an activity's last step, where the model must answer. */
  readonly callable: boolean;
}

/** Runs the calls of one step, each at once and concurrently with the others, and settles every one. */
export class CallRunner {
  readonly #kernel: Kernel;
  readonly #lane: Lane;
  readonly #scope: CallScope;
  readonly #slots: Slots;
  readonly #running: Promise<void>[] = [];

  constructor(kernel: Kernel, lane: Lane, scope: CallScope) {
    this.#kernel = kernel;
    this.#lane = lane;
    this.#scope = scope;
    this.#slots = new Slots(kernel.services.limits.concurrentCalls);
  }

  /** How many calls there were. */
  get count(): number {
    return this.#running.length;
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
      ...(registered === undefined ? {} : { definition: registered.definition }),
      ...(isJsonObject(call.providerMetadata) ? { providerMetadata: call.providerMetadata } : {}),
    };
    this.#lane.stage(this.#lane.draft("tool.called", data, blobs), blobs);
    const refusal = this.#refusalOf(call);
    const work =
      refusal === undefined ? this.#accept({ ...call, callId, before: undefined }) : this.#settle(callId, 1, refusal);
    this.#watch(work);
  }

  /** Takes up a call that an earlier process had put down: from the top, or, where it had begun, with the recorded effect. */
  again(call: TakenCall): void {
    this.#watch(this.#accept(call));
  }

  /** Settles a call without running it. */
  refuse(callId: CallId, outcome: CallOutcome): void {
    this.#watch(this.#settle(callId, 1, outcome));
  }

  /** Resolves when every call is settled, or left open because the lane stopped. */
  async settled(): Promise<void> {
    // Calls may still be added while the first ones are awaited.
    for (let index = 0; index < this.#running.length; index++) await this.#running[index];
  }

  #watch(work: Promise<void>): void {
    this.#running.push(
      work.catch((error: unknown) => {
        // A refused commit has stopped the lane, which says so; anything else is ours.
        if (this.#lane.stopped === undefined) this.#lane.stop("broken", error);
      }),
    );
  }

  #refusalOf(call: ModelCall): CallOutcome | undefined {
    const { callsPerStep } = this.#kernel.services.limits;
    if (call.providerExecuted) return stopped("infrastructure", "The provider was to run it and gave no result.");
    if (!this.#scope.callable)
      return stopped("budget", "No calls are possible in this step: answer with what you know.");
    if (this.count >= callsPerStep) return stopped("budget", `At most ${callsPerStep} calls are run in one step.`);
    return undefined;
  }

  async #accept(call: TakenCall): Promise<void> {
    const registered = this.#scope.tools.get(call.name);
    if (registered === undefined) {
      const known = [...this.#scope.tools.keys()].join(", ");
      const detail = known === "" ? "There are no tools." : `There are: ${known}.`;
      return this.#settle(call.callId, 1, stopped("unknown-tool", detail));
    }
    using _slot = await this.#slots.take();
    const outcome = await runCall(this.#kernel, this.#lane, { call, registered });
    if (outcome !== undefined) await this.#settle(call.callId, (call.before?.begun ?? 0) + 1, outcome);
  }

  async #settle(callId: CallId, attempt: number, outcome: CallOutcome): Promise<void> {
    const { store, logger } = this.#kernel.services;
    const bound = await boundOutcome(outcome, {
      place: { sessionId: this.#lane.work.sessionId, callId, attempt },
      store,
      logger,
    });
    await this.#lane.commit([this.#lane.draft("tool.settled", { callId, outcome: bound })]);
  }
}
