import { evaluate } from "@holdfast/core";

import { approvalsOf } from "../session/approvals-of.ts";
import { stepSource } from "../session/opening-choice.ts";
import { rulesFrom } from "../session/session-row.ts";
import { agentOf, gateOf } from "../session/setting-of.ts";
import { noSession } from "./no-session.ts";

import type { Explanation, Rule } from "@holdfast/core";
import type * as z from "zod";
import type { Kernel } from "../session/kernel.ts";
import type { argumentSchemas } from "./arguments.ts";

/** What the permissions of a session say of a request, and what of them decided. */
export const explainPermission = async (
  kernel: Kernel,
  { sessionId, agent, action, resource }: z.output<typeof argumentSchemas.explain>,
): Promise<Explanation> => {
  const { services } = kernel;
  const snapshot = await services.store.snapshot(sessionId);
  if (snapshot === null) throw await noSession(services.store, sessionId);
  const { session } = snapshot;
  const { choice } = await stepSource(kernel, snapshot);
  const agentName = agent ?? choice.agent ?? session.agent;
  const request = { action, resource };
  const recorded = snapshot.execution?.state === "open" ? rulesFrom(snapshot.execution.denies) : [];
  const approvals = await approvalsOf(services.store, { project: session.project, agent: agentName });
  const gate = gateOf(services, { session, choice: { agent: agentName } }, recorded);
  const { effect, rule, approval } = gate.evaluate(request, approvals);
  const isDeniedBy = (bounds: readonly (readonly Rule[])[]): boolean =>
    effect === "deny" &&
    evaluate([{ action: "*", resource: "*", effect: "allow" }], request, { bounds }).effect === "deny";
  const by = ((): Explanation["by"] => {
    if (approval !== undefined) return "approval";
    if (isDeniedBy([services.rules])) return "rules";
    if (isDeniedBy(rulesFrom(session.denies))) return "inherited";
    if (isDeniedBy(recorded)) return "execution";
    if (agentOf(services, agentName) === undefined) return "unknown-agent";
    return rule === undefined ? "default" : "rules";
  })();
  return {
    effect,
    by,
    ...(rule === undefined || by === "unknown-agent" ? {} : { rule }),
    ...(approval === undefined ? {} : { approval }),
  };
};
