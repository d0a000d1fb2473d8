import { stricter } from "@holdfast/core";

import type { CallId, Effect, Evaluation, JsonValue, PermissionRequest } from "@holdfast/core";
import type { PermissionAssertion } from "@holdfast/core/tool";
import type { Lane } from "./lane.ts";

/** Thrown inside a call that may not go on. Ends it with the reason `denied-by-policy`; no failure of the tool. */
export class CallDenied extends Error {
  override readonly name = "CallDenied";
}

/** The permissions of one call: what its tool asserts, what the rules say of the tool itself, and what plugins tighten. */
export class CallAuthorizer {
  readonly #lane: Lane;
  readonly #tool: string;
  #asserted: boolean;

  /** @param asserted Whether the tool had its say already: for a repeated effect, it was asked for before it first began. */
  constructor(lane: Lane, tool: string, { asserted }: { readonly asserted: boolean }) {
    this.#lane = lane;
    this.#tool = tool;
    this.#asserted = asserted;
  }

  /** What `ctx.permission.assert` does. */
  assert({ action, resources }: PermissionAssertion): void {
    this.#asserted = true;
    for (const resource of resources)
      this.#refuseUnlessAllowed({ action, resource }, this.#lane.setting.gate.evaluate({ action, resource }));
  }

  /** Whether the tool itself may run: the rules are always asked for (tool, "*"), whatever the tool asked by itself. */
  assertTool(): void {
    const request = { action: this.#tool, resource: "*" };
    const evaluation = this.#lane.setting.gate.evaluate(request);
    // A tool that asked for what it touches has been answered; one that never asked is asked for here.
    if (this.#asserted && evaluation.effect === "ask") return;
    this.#refuseUnlessAllowed(request, evaluation);
  }

  /** Asks the plugins, which may only tighten. One that fails denies. */
  async askPlugins(callId: CallId, input: JsonValue): Promise<void> {
    const { location, sessionId, agentName } = this.#lane.setting;
    const hook = location.hooks.toolCallAuthorizing;
    if (!hook.isUsed()) return;
    const before = { sessionId, callId, agent: agentName, tool: this.#tool, input, effect: "allow" as const };
    let effect: Effect;
    try {
      effect = stricter(before.effect, (await hook.promise(before)).effect);
    } catch (error) {
      throw new CallDenied(
        `A plugin failed while it was asked: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
    if (effect !== "allow") throw new CallDenied("A plugin refused it.");
  }

  #refuseUnlessAllowed({ action, resource }: PermissionRequest, { effect, rule }: Evaluation): void {
    if (effect === "allow") return;
    const what = `"${action}" on "${resource}"`;
    if (effect === "deny")
      throw new CallDenied(
        `${what} is denied${rule === undefined ? "" : ` by the rule for "${rule.action}" on "${rule.resource}"`}.`,
      );
    throw new CallDenied(`${what} needs a person's approval, and this runtime cannot ask anybody.`);
  }
}
