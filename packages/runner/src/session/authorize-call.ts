import { HoldfastError, stricter } from "@holdfast/core";
import * as z from "zod";

import { frozenCopy } from "../location/frozen-copy.ts";
import { reasonOf } from "../reason-of.ts";
import { approvalsOf } from "./approvals-of.ts";
import { askCall, approvedBefore } from "./ask-call.ts";
import { hookedCall } from "./call-hooks.ts";
import { CallDenied, denialOf } from "./call-denied.ts";

import type { Effect, Evaluation, JsonValue, PermissionRequest } from "@holdfast/core";
import type { AskShown } from "@holdfast/core/event";
import type { LocationHooks } from "@holdfast/core/plugin";
import type { Approval } from "@holdfast/core/store";
import type { PermissionAssertion } from "@holdfast/core/tool";
import type { Aside } from "./ask-desk.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { TakenCall } from "./taken-call.ts";

const assertionSchema = z.object({
  action: z.string().min(1),
  resources: z.array(z.string()).min(1),
  always: z.array(z.string()).optional(),
  preview: z.json().optional(),
});
type Asserted = z.output<typeof assertionSchema>;

/** Whose permissions these are, and what steps aside while a person is waited for. */
export interface AuthorizedCall {
  readonly call: TakenCall;
  readonly tool: string;
  readonly aside: Aside;
}

/**
 * The permissions of one call: what its tool asserts, what the rules say of the tool itself, and what plugins tighten. Where that is ask, a
 * person is asked. A refusal stands, whatever the tool makes of it: one that swallows it, or does not wait for it, gets no further.
 */
export class CallAuthorizer {
  readonly #kernel: Kernel;
  readonly #lane: Lane;
  readonly #subject: AuthorizedCall;
  readonly #asserted: Asserted[] = [];
  /** Whether a person was waited for since everything was looked at last. */
  #hasWaited = false;
  #refusal: CallDenied | undefined;
  #wasAnswered = false;

  constructor(kernel: Kernel, lane: Lane, subject: AuthorizedCall) {
    this.#kernel = kernel;
    this.#lane = lane;
    this.#subject = subject;
    this.#asserted.push(...(subject.call.before?.asserted ?? []).map((assertion) => assertionSchema.parse(assertion)));
  }

  /** What was asserted so far, in its order: recorded with the call's beginning, to be asked again before it is repeated. */
  get asserted(): readonly PermissionAssertion[] {
    return this.#asserted;
  }

  /** What `ctx.permission.assert` does. */
  async assert(assertion: PermissionAssertion): Promise<void> {
    const checked = assertionSchema.safeParse(assertion);
    if (!checked.success) {
      const { tool } = this.#subject;
      throw new HoldfastError("argument.invalid", {
        message: `Tool "${tool}" asserted a permission that is none: ${checked.error.message}. Name an action and at least one resource.`,
        data: { tool },
      });
    }
    this.#asserted.push(checked.data);
    await this.#permit(checked.data);
  }

  /**
   * What `ctx.ask` does around the asking. A tool that is denied asks nobody; and a person who answered it is not asked whether it may ask.
   * A refusal stands like one of a permission.
   */
  async ask<T>(asking: () => Promise<T>): Promise<T> {
    this.#undecided([{ action: this.#subject.tool, resource: "*" }], []);
    try {
      const answers = await asking();
      this.#wasAnswered = true;
      return answers;
    } catch (error) {
      if (error instanceof CallDenied) this.#refusal ??= error;
      throw error;
    }
  }

  /** @throws CallDenied where anything was refused. */
  assertNotRefused(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  /**
   * Everything once more, as it is right now: another process may have taken an approval back, and a tool may not have waited for its
   * answers. Last the tool itself: the rules are always asked for (tool, "*"), whatever the tool asked by itself. Where a person was waited
   * for, which may take days, it is looked at anew.
   */
  async assertAll(): Promise<void> {
    do {
      this.#hasWaited = false;
      await this.#assertEach();
    } while (this.#hasWaited);
  }

  async #assertEach(): Promise<void> {
    this.assertNotRefused();
    for (const assertion of this.#asserted) await this.#permit(assertion);
    const { tool } = this.#subject;
    const { effect } = this.#lane.setting.gate.evaluate({ action: tool, resource: "*" });
    // A tool that asked for what it touches, or asked a person, has been answered; one that never asked is asked for here.
    if (effect === "ask" && (this.#asserted.length > 0 || this.#wasAnswered || (await this.#answeredBefore()))) return;
    await this.#permit({ action: tool, resources: ["*"], always: ["*"] });
  }

  /** Asks the plugins, which may only tighten. One that fails denies; one that wants a person asked gets one asked, approval or not. */
  async askPlugins(hooks: LocationHooks, input: JsonValue): Promise<void> {
    const hook = hooks.toolCallAuthorizing;
    if (!hook.isUsed()) return;
    const { call, tool } = this.#subject;
    const subject = hookedCall(this.#lane, call);
    const before = Object.freeze({ ...subject, input: frozenCopy(input), effect: "allow" as const });
    let effect: Effect;
    try {
      effect = stricter(before.effect, (await hook.promise(before)).effect);
    } catch (error) {
      throw new CallDenied("denied-by-policy", `A plugin failed while it was asked: ${reasonOf(error)}.`);
    }
    if (effect === "deny") throw new CallDenied("denied-by-policy", "A plugin refused it.");
    if (effect === "ask")
      await this.#askPerson({ action: tool, resources: ["*"], always: [] }, "A plugin wants a person to approve it");
    if (this.#hasWaited) await this.assertAll();
  }

  async #permit(asserted: Asserted): Promise<void> {
    const { action, resources } = asserted;
    const requests = resources.map((resource) => ({ action, resource }));
    const unclear = this.#undecided(requests, []);
    if (unclear === undefined) return;
    const scope = { project: this.#lane.work.project, agent: this.#lane.setting.agentName };
    const left = this.#undecided(requests, await approvalsOf(this.#kernel.services.store, scope));
    if (left === undefined) return;
    const what = `"${left.action}" on "${left.resource}" needs a person's approval`;
    await this.#askPerson(asserted, what);
  }

  /** The first request that a person has to decide; undefined where every one is allowed. */
  #undecided(requests: readonly PermissionRequest[], approvals: readonly Approval[]): PermissionRequest | undefined {
    const evaluated = requests.map((request) => ({
      request,
      evaluation: this.#lane.setting.gate.evaluate(request, approvals),
    }));
    const denied = evaluated.find(({ evaluation }) => evaluation.effect === "deny");
    if (denied !== undefined)
      this.#refuse(new CallDenied("denied-by-policy", denialText(denied.request, denied.evaluation)));
    return evaluated.find(({ evaluation }) => evaluation.effect === "ask")?.request;
  }

  /** Whether a person answered a question of this call in an earlier process, before it began there. */
  async #answeredBefore(): Promise<boolean> {
    const { call } = this.#subject;
    if (call.before === undefined) return false;
    const { sessionId } = this.#lane.work;
    const { callId } = call;
    const asks = await this.#kernel.services.store.asks({ sessionId, callId, state: "answered", limit: 200 });
    return asks.some(({ kind }) => kind === "question");
  }

  async #askPerson({ action, resources, always, preview }: Asserted, what: string): Promise<void> {
    const { call, tool } = this.#subject;
    // What is begun again was approved with a preview that is not recorded: the same effect, of the same call.
    if (call.before !== undefined && (await approvedBefore(this.#kernel, this.#lane, { call, action, resources })))
      return;
    const shown: AskShown = {
      kind: "permission",
      tool,
      action,
      resources,
      always: always ?? resources.filter((resource) => !/[*?]/.test(resource)),
      ...(preview === undefined ? {} : { preview }),
    };
    const aside: Aside = (wait) => {
      this.#hasWaited = true;
      return this.#subject.aside(wait);
    };
    const denial = denialOf(await askCall(this.#lane, { call, shown, aside }), what);
    if (denial !== undefined) this.#refuse(denial);
  }

  #refuse(denial: CallDenied): never {
    this.#refusal ??= denial;
    throw this.#refusal;
  }
}

const denialText = ({ action, resource }: PermissionRequest, { rule }: Evaluation): string => {
  const by = rule === undefined ? "" : ` by the rule for "${rule.action}" on "${rule.resource}"`;
  return `"${action}" on "${resource}" is denied${by}.`;
};
