import { HoldfastError, stricter } from "@holdfast/core";
import * as z from "zod";

import { reasonOf } from "../reason-of.ts";

import type { CallId, Effect, Evaluation, JsonValue, PermissionRequest } from "@holdfast/core";
import type { PermissionAssertion } from "@holdfast/core/tool";
import type { Lane } from "./lane.ts";

/** Thrown inside a call that may not go on. Ends it with the reason `denied-by-policy`; no failure of the tool. */
export class CallDenied extends Error {
  override readonly name = "CallDenied";
}

const assertionSchema = z.object({ action: z.string().min(1), resources: z.array(z.string()).min(1) });

/**
 * The permissions of one call: what its tool asserts, what the rules say of the tool itself, and what plugins tighten. A refusal
 * stands, whatever the tool makes of it: one that swallows it, or does not wait for it, gets no further.
 */
export class CallAuthorizer {
  readonly #lane: Lane;
  readonly #tool: string;
  readonly #asserted: PermissionAssertion[] = [];
  #refusal: CallDenied | undefined;

  constructor(lane: Lane, tool: string) {
    this.#lane = lane;
    this.#tool = tool;
  }

  /** What was asserted so far, in its order: recorded with the call's beginning, to be asked again before it is repeated. */
  get asserted(): readonly PermissionAssertion[] {
    return this.#asserted;
  }

  /** What `ctx.permission.assert` does. */
  assert(assertion: PermissionAssertion): void {
    const checked = assertionSchema.safeParse(assertion);
    if (!checked.success) {
      throw new HoldfastError("argument.invalid", {
        message: `Tool "${this.#tool}" asserted a permission that is none: ${checked.error.message}. Name an action and at least one resource.`,
        data: { tool: this.#tool },
      });
    }
    const { action, resources } = checked.data;
    this.#asserted.push(checked.data);
    for (const resource of resources)
      this.#refuseUnlessAllowed({ action, resource }, this.#lane.setting.gate.evaluate({ action, resource }));
  }

  /** @throws CallDenied where anything was refused. */
  assertNotRefused(): void {
    if (this.#refusal !== undefined) throw this.#refusal;
  }

  /** Whether the tool itself may run: the rules are always asked for (tool, "*"), whatever the tool asked by itself. */
  assertTool(): void {
    this.assertNotRefused();
    const request = { action: this.#tool, resource: "*" };
    const evaluation = this.#lane.setting.gate.evaluate(request);
    // A tool that asked for what it touches has been answered; one that never asked is asked for here.
    if (this.#asserted.length > 0 && evaluation.effect === "ask") return;
    this.#refuseUnlessAllowed(request, evaluation);
  }

  /** Asks the plugins, which may only tighten. One that fails denies. */
  async askPlugins(callId: CallId, input: JsonValue): Promise<void> {
    const { location, sessionId } = this.#lane.work;
    const hook = location.hooks.toolCallAuthorizing;
    if (!hook.isUsed()) return;
    const before = {
      sessionId,
      callId,
      agent: this.#lane.setting.agentName,
      tool: this.#tool,
      input,
      effect: "allow" as const,
    };
    let effect: Effect;
    try {
      effect = stricter(before.effect, (await hook.promise(before)).effect);
    } catch (error) {
      throw new CallDenied(`A plugin failed while it was asked: ${reasonOf(error)}.`);
    }
    if (effect !== "allow") throw new CallDenied("A plugin refused it.");
  }

  #refuseUnlessAllowed({ action, resource }: PermissionRequest, { effect, rule }: Evaluation): void {
    if (effect === "allow") return;
    const what = `"${action}" on "${resource}"`;
    const by = rule === undefined ? "" : ` by the rule for "${rule.action}" on "${rule.resource}"`;
    this.#refusal ??= new CallDenied(
      effect === "deny"
        ? `${what} is denied${by}.`
        : `${what} needs a person's approval, and this runtime cannot ask anybody.`,
    );
    throw this.#refusal;
  }
}
