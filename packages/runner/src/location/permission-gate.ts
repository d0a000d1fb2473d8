import { evaluate } from "@holdfast/core";

import type { Evaluation, PermissionRequest, Rule } from "@holdfast/core";
import type { Approval } from "@holdfast/core/store";
import type { AgentDefinition } from "../runtime-options.ts";

/** What binds an agent that a runtime does not know. */
export const denyAll: readonly Rule[] = [{ action: "*", resource: "*", effect: "deny" }];

/** The permissions of one agent in one execution. */
export class PermissionGate {
  readonly #rules: readonly Rule[];
  readonly #bounds: readonly (readonly Rule[])[];

  /**
   * The runtime's rules, then the agent's; an unknown agent denies everything. `bounds` bind both, and a deny of the runtime's own
   * binds its agents.
   */
  constructor(rules: readonly Rule[], agent: AgentDefinition | undefined, bounds: readonly (readonly Rule[])[]) {
    this.#rules = agent === undefined ? denyAll : [...rules, ...(agent.rules ?? [])];
    this.#bounds = [rules, ...bounds];
  }

  /** What the rules say of a request, and of the approvals of its project those that are for this agent. */
  evaluate(request: PermissionRequest, approvals: readonly Approval[] = []): Evaluation {
    return evaluate(this.#rules, request, { bounds: this.#bounds, approvals });
  }
}
