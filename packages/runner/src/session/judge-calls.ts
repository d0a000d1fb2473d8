import { probeVerdict } from "@holdfast/core/session";

import { outcomeOfWord, wordOnEffect } from "./effect-word.ts";
import { mayAsk } from "./may-ask.ts";
import { forecastCalls } from "./open-calls.ts";
import { probeCall } from "./probe-call.ts";
import { Slots } from "./slots.ts";

import type { AskShown, CallOutcome, CallVerdict } from "@holdfast/core/event";
import type { Consent } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { ToolSet } from "../location/tool-registry.ts";
import type { EffectWord } from "./effect-word.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";
import type { ForecastCall } from "./open-calls.ts";
import type { Probed } from "./probe-call.ts";

/** An open call of an earlier process, and what becomes of it. */
export interface JudgedCall extends Omit<ForecastCall, "verdict"> {
  readonly verdict: CallVerdict;
  /** What its tool found, where it looked. */
  readonly probed?: Probed;
  /** What a person said became of it, where one was asked and it is over with that. */
  readonly word?: CallOutcome;
  /** What a person is shown, where one has to say what became of it. */
  readonly shown?: AskShown;
}

/** What open calls are judged by. */
export interface Judgement {
  readonly snapshot: SessionSnapshot;
  readonly tools: ToolSet;
  readonly consent: Consent;
  /** The fences of the owners that are proven gone. What another had begun may still be at work. */
  readonly goneFences: ReadonlySet<number>;
}

/**
 * Every open call of a session with its verdict: what was recorded, against the tools of today; what a person said since; and else what
 * the tool itself sees.
 */
export const judgeCalls = async (kernel: Kernel, lane: Lane, judgement: Judgement): Promise<readonly JudgedCall[]> => {
  const { store, limits } = kernel.services;
  const { snapshot, tools, consent } = judgement;
  const slots = new Slots(limits.concurrentCalls);
  const calls = await forecastCalls(store, snapshot, { tools, consent });
  return Promise.all(
    calls.map(async (call): Promise<JudgedCall> => {
      const word = await wordOnEffect(store, call.row);
      if (word !== undefined) return byWord(call, word, judgement);
      const { verdict } = call;
      if (verdict !== "probe") return { ...call, verdict };
      using _slot = await slots.take();
      return byProbe(call, await probeCall(kernel, lane, { call, tool: tools.get(call.row.name)?.tool }), {
        ...judgement,
        services: kernel.services,
      });
    }),
  );
};

/** A person's word counts whatever the tool is today; only to do it again, or to wait for the word, it must be the same. */
const byWord = (call: ForecastCall, { shown, end }: EffectWord, { consent, tools }: Judgement): JudgedCall => {
  const isSame = tools.get(call.row.name)?.definition === call.begun?.definition;
  const goesOn = isSame && consent === "everything";
  if (end === undefined) return goesOn ? { ...call, verdict: "asked", shown } : { ...call, verdict: "unknown" };
  const word = outcomeOfWord(end);
  if (word === "continue") return { ...call, verdict: goesOn ? "repeat" : "unknown" };
  return { ...call, verdict: word.status === "completed" ? "happened" : "unknown", word };
};

const byProbe = (
  call: ForecastCall,
  probed: Probed,
  { consent, goneFences, services }: Judgement & Pick<Kernel, "services">,
): JudgedCall => {
  const { row, begun, begunFence } = call;
  const isOwnerGone = begunFence !== undefined && goneFences.has(begunFence);
  const judge = (canAsk: boolean): CallVerdict => probeVerdict(probed.found, { consent, isOwnerGone, canAsk });
  if (probed.found === "happened" || judge(true) !== "asked") return { ...call, probed, verdict: judge(false) };
  const shown: AskShown = {
    kind: "unknown-effect",
    tool: row.name,
    effect: begun?.effect ?? null,
    attempt: row.begun,
    found: probed.found,
    ...(probed.detail === undefined ? {} : { detail: probed.detail }),
  };
  const verdict = judge(mayAsk(services, shown));
  return verdict === "asked" ? { ...call, probed, shown, verdict } : { ...call, probed, verdict };
};
