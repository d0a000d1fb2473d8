import { isJsonObject, parseJson, toWellFormed } from "@holdfast/core";
import { toTextValue } from "@holdfast/core/event";

import { sha256 } from "../ports/sha256.ts";
import { CallAuthorizer } from "./authorize-call.ts";
import { boundOutcome } from "./bound-outcome.ts";
import { CallLife } from "./call-life.ts";
import { stopped } from "./call-outcomes.ts";
import { toolContext } from "./tool-context.ts";
import { defect, outcomeOfOutput, outcomeOfThrow } from "./settle-call.ts";
import { Slots } from "./slots.ts";

import type { CallId, JsonObject, JsonValue, MessageId, StepId } from "@holdfast/core";
import type { CallOutcome } from "@holdfast/core/event";
import type { PrepareContext } from "@holdfast/core/tool";
import type { RegisteredTool, ToolSet } from "../location/tool-registry.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { ModelCall } from "./stream-attempt.ts";

/** A call that may run: its input fits, and its tool is there. */
interface ReadyCall {
  readonly callId: CallId;
  readonly messageId: MessageId;
  readonly registered: RegisteredTool;
  readonly input: never;
  /** The input as JSON, before the tool's schema read it. */
  readonly json: JsonObject;
  /** How often it had begun before, and with what effect. */
  readonly before: { readonly begun: number; readonly effect: JsonValue } | undefined;
}

/** A call of an earlier process that is taken up again. */
export interface TakenCall {
  readonly callId: CallId;
  readonly messageId: MessageId;
  readonly name: string;
  readonly input: string;
  readonly before: ReadyCall["before"];
}

/** What the calls of one step may use. */
export interface CallScope {
  readonly stepId: StepId;
  readonly tools: ToolSet;
  /** False on an activity's last step, where the model must answer. */
  readonly callable: boolean;
}

const defaultTimeoutMs = 600_000;

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
      return this.#settle(
        call.callId,
        1,
        stopped("unknown-tool", known === "" ? "There are no tools." : `There are: ${known}.`),
      );
    }
    const parsed = parseJson(call.input === "" ? "{}" : call.input);
    if (!parsed.ok || !isJsonObject(parsed.value)) {
      const reason = parsed.ok ? "It is JSON, but no object." : `It is no JSON: ${parsed.reason}`;
      return this.#settle(call.callId, 1, stopped("invalid-input", reason));
    }
    const checked = await registered.tool.input.safeParseAsync(parsed.value);
    if (!checked.success) return this.#settle(call.callId, 1, stopped("invalid-input", checked.error.message));
    using slot = await this.#slots.take();
    void slot;
    return this.#run({ ...call, registered, input: checked.data, json: parsed.value });
  }

  async #run(call: ReadyCall): Promise<void> {
    const { callId, registered, before } = call;
    const { clock, limits, logger } = this.#kernel.services;
    const timeoutMs = registered.tool.timeoutMs ?? defaultTimeoutMs;
    using life = new CallLife(this.#lane, clock, { timeoutMs, graceMs: limits.graceMs });
    const attempt = (before?.begun ?? 0) + 1;
    let begun = false;
    let outcome: CallOutcome;
    try {
      life.signal.throwIfAborted();
      const effect = await this.#prepare(call, life);
      this.#kernel.owner.assertLease();
      await this.#begin(call, { attempt, effect });
      begun = true;
      life.begin();
      const output = await life.wait(
        registered.tool.execute(call.input, {
          ...toolContext(this.#kernel, this.#lane, { ...call, signal: life.signal }),
          effect,
          attempt,
        }),
      );
      outcome = await outcomeOfOutput(registered.tool, output);
    } catch (error) {
      const found = this.#isLost(error) ? undefined : outcomeOfThrow({ error, life, lane: this.#lane, begun });
      if (found === undefined) return;
      if (found === "defect") {
        logger.error("a tool failed unexpectedly", { tool: registered.tool.name, callId, reason: String(error) });
      }
      outcome = found === "defect" ? defect(registered.tool.name, error) : found;
    }
    await this.#settle(callId, attempt, outcome);
  }

  /** Whether the claim or the store is lost, so that nothing more can be said about the call here. */
  #isLost(error: unknown): boolean {
    if (this.#lane.stopped === "fenced" || this.#lane.stopped === "broken") return true;
    const isLease = error instanceof Error && "code" in error && error.code === "store.fenced";
    if (isLease) this.#lane.stop("fenced", error);
    return isLease;
  }

  async #prepare(call: ReadyCall, life: CallLife): Promise<JsonValue> {
    const { tool } = call.registered;
    const authorizer = new CallAuthorizer(this.#lane, tool.name, {
      asserted: call.before !== undefined && tool.prepare !== undefined,
    });
    let effect = call.before?.effect ?? null;
    if (tool.prepare !== undefined && call.before === undefined) {
      await this.#lane.flush();
      const permission: PrepareContext["permission"] = { assert: async (assertion) => authorizer.assert(assertion) };
      effect = await life.wait(
        tool.prepare(call.input, {
          ...toolContext(this.#kernel, this.#lane, { ...call, signal: life.signal }),
          permission,
        }),
      );
    }
    authorizer.assertTool();
    await life.wait(authorizer.askPlugins(call.callId, call.json));
    life.signal.throwIfAborted();
    return effect;
  }

  async #begin(
    call: ReadyCall,
    { attempt, effect }: { readonly attempt: number; readonly effect: JsonValue },
  ): Promise<void> {
    const { tool, definition, plugin } = call.registered;
    const data = {
      callId: call.callId,
      attempt,
      effect,
      effectKey: call.callId,
      replay: tool.replay ?? "never",
      definition,
      plugin,
    };
    await this.#lane.commit([this.#lane.draft("tool.begun", data)]);
  }

  async #settle(callId: CallId, attempt: number, outcome: CallOutcome): Promise<void> {
    const { store, logger } = this.#kernel.services;
    const bound = await boundOutcome(outcome, {
      place: { sessionId: this.#lane.setting.sessionId, callId, attempt },
      store,
      logger,
    });
    await this.#lane.commit([this.#lane.draft("tool.settled", { callId, outcome: bound })]);
  }
}
