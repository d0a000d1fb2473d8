import { deniesOf, rulesText } from "@holdfast/core";

import { PermissionGate } from "../location/permission-gate.ts";
import { resolveModel } from "../model/resolve-model.ts";
import { modelOf, rulesFrom } from "./session-row.ts";

import type { Rule } from "@holdfast/core";
import type { SessionRow } from "@holdfast/core/store";
import type { ReadyModel } from "../model/resolve-model.ts";
import type { AgentDefinition } from "../runtime-options.ts";
import type { Services } from "../services.ts";

type RuleLists = readonly (readonly Rule[])[];

/** What a step runs with. */
export interface StepSetting {
  /** The session that says so, as it was read. */
  readonly session: SessionRow;
  readonly agent: AgentDefinition | undefined;
  readonly model: ReadyModel;
  /** The denies that the execution recorded: they bind every continuation of it, whatever agent works then. */
  readonly denies: RuleLists;
  readonly gate: PermissionGate;
}

const denyAll: Rule = { action: "*", resource: "*", effect: "deny" };

/** An agent by its name; undefined for one that this runtime does not know, which denies everything. */
export const agentOf = ({ agents }: Services, name: string): AgentDefinition | undefined =>
  Object.hasOwn(agents, name) ? agents[name] : undefined;

/** The denies that a session brings into an execution, beside the inherited ones: each list binds every continuation by itself. */
export const deniesInForce = (services: Services, session: SessionRow): Rule[][] => {
  const agent = agentOf(services, session.agent);
  const lists = [deniesOf(services.rules), agent === undefined ? [denyAll] : deniesOf(agent.rules ?? [])];
  return lists.filter((rules) => rules.length > 0).map((rules) => [...rules]);
};

/**
 * Looks up what a step of the session runs with, under the denies that its execution recorded.
 *
 * @throws model.unknown, model.unsupported, and what the host's function throws.
 */
export const settingOf = async (services: Services, session: SessionRow, denies: RuleLists): Promise<StepSetting> => {
  const agent = agentOf(services, session.agent);
  const model = await resolveModel(agent?.model ?? modelOf(session) ?? services.defaultModel, services.model);
  const gate = new PermissionGate(services.rules, agent, [...rulesFrom(session.denies), ...denies]);
  return { session, agent, model, denies, gate };
};

/**
 * What the next step runs with: as the one before, unless the session was given another agent or model since. A new agent's denies are
 * added to those of the execution, and none is ever taken away.
 *
 * @throws model.unknown, model.unsupported, and what the host's function throws.
 */
export const nextSetting = (
  services: Services,
  session: SessionRow,
  before: StepSetting,
): StepSetting | Promise<StepSetting> => {
  const isSame = session.agent === before.session.agent && session.model === before.session.model;
  return isSame ? before : settingOf(services, session, union(before.denies, deniesInForce(services, session)));
};

/** Rule lists, and those of others that are not among them, each once. */
export const union = (left: RuleLists, right: RuleLists): RuleLists => {
  const known = new Set(left.map((rules) => rulesText([rules])));
  const added = new Map(right.map((rules) => [rulesText([rules]), rules]));
  return [...left, ...[...added].flatMap(([text, rules]) => (known.has(text) ? [] : [rules]))];
};
