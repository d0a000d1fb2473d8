import { rulesText } from "@holdfast/core";

import { Lane } from "./lane.ts";
import { locationOf, rulesFrom } from "./session-row.ts";
import { settingOf } from "./setting-of.ts";

import type { OpenLocation } from "../location/open-location.ts";
import type { Services } from "../services.ts";
import type { Kernel } from "./kernel.ts";
import type { LaneWork } from "./lane.ts";
import type { SettingSource, StepSetting } from "./setting-of.ts";

/** What an execution runs with, as it is now: looked up anew at each start and each recovery. */
export interface Ground {
  readonly location: OpenLocation;
  readonly setting: StepSetting;
}

/**
 * Looks up what an execution runs with: one that is about to start, where none is given.
 *
 * @throws location.not-found, plugin.setup-failed, model.unknown, model.unsupported, and what the host's functions throw.
 */
export const findGround = async (
  { services, locations }: Kernel,
  source: SettingSource,
  execution: { readonly denies: string } | null,
): Promise<Ground> => {
  const place = locationOf(source.session);
  // Opened first, since without it nothing can run; and last, since a model may take its time, in which a Location might be closed as idle.
  await locations.open(place);
  const denies = execution === null ? undefined : rulesFrom(execution.denies);
  const setting = await settingOf(services, source, denies);
  return { location: await locations.open(place), setting };
};

/** Starts this process's work on an execution, under a claim that it holds or is about to take. */
export const openLane = (
  kernel: Kernel,
  work: Pick<LaneWork, "executionId" | "startedSeq" | "fence" | "isClaimed"> & { readonly ground: Ground },
): Lane => {
  const { ground, ...rest } = work;
  const { location, setting } = ground;
  const { sessionId, project } = setting.session;
  const cached = kernel.histories.take(sessionId, setting.model, setting.agent?.instructions);
  return new Lane(kernel, { sessionId, project, location, ...rest }, { setting, cached });
};

/** All rules and denies in force, as one text to hash. */
export const permissionsText = (services: Services, { session, agent, denies }: StepSetting): string =>
  rulesText([services.rules, agent?.rules ?? [], ...rulesFrom(session.denies), ...denies]);
