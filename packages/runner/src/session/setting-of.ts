import { deniesOf, rulesText } from "@holdfast/core";

import { denyAll, PermissionGate } from "../location/permission-gate.ts";
import { resolveModel } from "../model/resolve-model.ts";
import { modelOf, rulesFrom } from "./session-row.ts";

import type { ModelRef, Rule } from "@holdfast/core";
import type { ActivityChoice } from "@holdfast/core/session";
import type { SessionRow } from "@holdfast/core/store";
import type { ReadyModel } from "../model/resolve-model.ts";
import type { AgentDefinition } from "../runtime-options.ts";
import type { Services } from "../services.ts";

type RuleLists = readonly (readonly Rule[])[];

/** What a step runs with. */
export interface StepSetting {
  /** The session, as it was read. */
  readonly session: SessionRow;
  readonly agentName: string;
  readonly agent: AgentDefinition | undefined;
  readonly model: ReadyModel;
  /** The denies that the execution recorded: they bind every continuation of it, whatever agent works then. */
  readonly denies: RuleLists;
  readonly gate: PermissionGate;
}

/** What says what a step runs with: the session, and before it what the inputs of the activity ask for. */
export interface SettingSource {
  readonly session: SessionRow;
  readonly choice: ActivityChoice;
}

/** An agent by its name; undefined for one that this runtime does not know, which denies everything. */
export const agentOf = ({ agents }: Services, name: string): AgentDefinition | undefined =>
  Object.hasOwn(agents, name) ? agents[name] : undefined;

/** The denies that an agent brings into an execution, beside the inherited ones: each list binds every continuation by itself. */
export const deniesInForce = (services: Services, agentName: string): Rule[][] => {
  const agent = agentOf(services, agentName);
  const lists = [deniesOf(services.rules), agent === undefined ? denyAll : deniesOf(agent.rules ?? [])];
  return lists.filter((rules) => rules.length > 0).map((rules) => [...rules]);
};

/**
 * Looks up what a step runs with, under the denies that its execution recorded; that is about to start, where none are given.
 *
 * @throws model.unknown, model.unsupported, and what the host's function throws.
 */
export const settingOf = async (
  services: Services,
  source: SettingSource,
  denies?: RuleLists,
): Promise<StepSetting> => {
  const { session } = source;
  const { agentName, ref } = wantedBy(services, source);
  const agent = agentOf(services, agentName);
  const model = await resolveModel(ref, services.model);
  const inForce = denies ?? deniesInForce(services, agentName);
  return { session, agentName, agent, model, denies: inForce, gate: gateOf(services, source, inForce) };
};

/** The permissions of what a session runs with, bound by what it inherited and by the denies that its execution recorded. */
export const gateOf = (services: Services, source: SettingSource, denies: RuleLists): PermissionGate => {
  const { agentName } = wantedBy(services, source);
  const bounds = [...rulesFrom(source.session.denies), ...denies];
  return new PermissionGate(services.rules, agentOf(services, agentName), bounds);
};

/**
 * What the next step runs with: as the one before, unless the session or an input says otherwise now. A new agent's denies are added to
 * those of the execution, and none is ever taken away.
 *
 * @throws model.unknown, model.unsupported, and what the host's function throws.
 */
export const nextSetting = (
  services: Services,
  source: SettingSource,
  before: StepSetting,
): StepSetting | Promise<StepSetting> => {
  const { agentName, ref } = wantedBy(services, source);
  const isSame = agentName === before.agentName && isSameModel(ref, before.model.ref);
  return isSame ? before : settingOf(services, source, union(before.denies, deniesInForce(services, agentName)));
};

const wantedBy = (
  services: Services,
  { session, choice }: SettingSource,
): { readonly agentName: string; readonly ref: ModelRef } => {
  const agentName = choice.agent ?? session.agent;
  const ref = choice.model ?? agentOf(services, agentName)?.model ?? modelOf(session) ?? services.defaultModel;
  return { agentName, ref };
};

const isSameModel = (left: ModelRef, right: ModelRef): boolean =>
  left.id === right.id && left.provider === right.provider;

/** Rule lists, and those of others that are not among them, each once. */
export const union = (left: RuleLists, right: RuleLists): RuleLists => {
  const known = new Set(left.map((rules) => rulesText([rules])));
  const added = new Map(right.map((rules) => [rulesText([rules]), rules]));
  return [...left, ...[...added].flatMap(([text, rules]) => (known.has(text) ? [] : [rules]))];
};
