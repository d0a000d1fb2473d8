import { probeVerdict } from "@holdfast/core/session";

import { forecastCalls } from "./open-calls.ts";
import { probeCall } from "./probe-call.ts";
import { Slots } from "./slots.ts";

import type { CallVerdict } from "@holdfast/core/event";
import type { Consent } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { ToolSet } from "../location/tool-registry.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { ForecastCall } from "./open-calls.ts";
import type { Probed } from "./probe-call.ts";

/** An open call of an earlier process, and what becomes of it. */
export interface JudgedCall extends Omit<ForecastCall, "verdict"> {
  readonly verdict: CallVerdict;
  /** What its tool found, where it looked. */
  readonly probed: Probed | undefined;
}

/** What open calls are judged by. */
export interface Judgement {
  readonly snapshot: SessionSnapshot;
  readonly tools: ToolSet;
  readonly consent: Consent;
  /** The fence of the owner that is proven gone; undefined where none is. What another had begun may still be at work. */
  readonly goneFence: number | undefined;
}

/** Every open call of a session with its verdict: what was recorded, against the tools of today, and against what they see. */
export const judgeCalls = async (
  kernel: Kernel,
  lane: Lane,
  { snapshot, tools, consent, goneFence }: Judgement,
): Promise<readonly JudgedCall[]> => {
  const { store, limits } = kernel.services;
  const slots = new Slots(limits.concurrentCalls);
  const calls = await forecastCalls(store, snapshot, { tools, consent });
  return Promise.all(
    calls.map(async (call): Promise<JudgedCall> => {
      const { verdict } = call;
      if (verdict !== "probe") return { ...call, verdict, probed: undefined };
      using _slot = await slots.take();
      const probed = await probeCall(kernel, lane, { call, tool: tools.get(call.row.name)?.tool });
      const isOwnerGone = goneFence !== undefined && call.begunFence === goneFence;
      return { ...call, probed, verdict: probeVerdict(probed.found, { consent, isOwnerGone, canAsk: false }) };
    }),
  );
};
