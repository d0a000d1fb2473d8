import { deniesOf, rulesText } from "@holdfast/core";

import { PermissionGate } from "../location/permission-gate.ts";
import { resolveModel } from "../model/resolve-model.ts";
import { Lane } from "./lane.ts";
import { locationOf, modelOf, rulesFrom } from "./session-row.ts";

import type { Rule } from "@holdfast/core";
import type { SessionRow } from "@holdfast/core/store";
import type { OpenLocation } from "../location/open-location.ts";
import type { ReadyModel } from "../model/resolve-model.ts";
import type { AgentDefinition } from "../runtime-options.ts";
import type { Services } from "../services.ts";
import type { Kernel } from "./kernel.ts";
import type { LaneSetting } from "./lane.ts";

/** What an execution runs with, as it is now: looked up anew at each start and each recovery. */
export interface Ground {
  readonly location: OpenLocation;
  readonly agent: AgentDefinition | undefined;
  readonly model: ReadyModel;
  /** The denies that bind whatever runs here: the session's own, and the ones that its execution recorded. */
  readonly bounds: readonly (readonly Rule[])[];
}

const denyAll: Rule = { action: "*", resource: "*", effect: "deny" };

/** The denies that a new execution of the session records: each list binds every continuation by itself. */
export const deniesInForce = (services: Services, session: SessionRow): Rule[][] => {
  const agent = agentOf(services, session.agent);
  const lists = [deniesOf(services.rules), agent === undefined ? [denyAll] : deniesOf(agent.rules ?? [])];
  return lists.filter((rules) => rules.length > 0).map((rules) => [...rules]);
};

/** An agent by its name; undefined for one that this runtime does not know, which denies everything. */
export const agentOf = ({ agents }: Services, name: string): AgentDefinition | undefined =>
  Object.hasOwn(agents, name) ? agents[name] : undefined;

/**
 * Looks up what an execution runs with.
 *
 * @throws location.not-found, plugin.setup-failed, model.unknown, model.unsupported, and what the host's functions throw.
 */
export const findGround = async (
  kernel: Kernel,
  session: SessionRow,
  execution: { readonly denies: string } | null,
): Promise<Ground> => {
  const { services, locations } = kernel;
  const agent = agentOf(services, session.agent);
  const location = await locations.open(locationOf(session));
  const model = await resolveModel(agent?.model ?? modelOf(session) ?? services.defaultModel, services.model);
  return { location, agent, model, bounds: boundsOf(session, execution) };
};

/** Starts this process's work on an execution, under a claim that it holds or is about to take. */
export const openLane = (
  kernel: Kernel,
  session: SessionRow,
  work: Pick<LaneSetting, "executionId" | "fence" | "isClaimed"> & { readonly ground: Ground },
): Lane => {
  const { executionId, fence, ground, isClaimed } = work;
  const { location, agent, model, bounds } = ground;
  const gate = new PermissionGate(kernel.services.rules, agent, bounds);
  const setting = {
    sessionId: session.sessionId,
    executionId,
    location,
    project: session.project,
    agentName: session.agent,
    agent,
    model,
    gate,
    fence,
    isClaimed,
  };
  return new Lane(kernel, setting, kernel.histories.take(session.sessionId, model.ref, agent?.instructions));
};

/** The permissions of a session as they are now, bound by what its execution recorded. */
export const gateOf = (
  services: Services,
  session: SessionRow,
  execution: { readonly denies: string } | null,
): PermissionGate => new PermissionGate(services.rules, agentOf(services, session.agent), boundsOf(session, execution));

const boundsOf = (session: SessionRow, execution: { readonly denies: string } | null): readonly (readonly Rule[])[] => [
  ...rulesFrom(session.denies),
  ...rulesFrom(execution?.denies ?? "[]"),
];

/** All rules and denies in force, as one text to hash. */
export const permissionsText = (services: Services, { agent, bounds }: Ground): string =>
  rulesText([services.rules, agent?.rules ?? [], ...bounds]);
