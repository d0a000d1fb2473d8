import { selectPromotions } from "@holdfast/core/session";

import { agentTools } from "../location/agent-tools.ts";
import { assembleRequest } from "../session/assemble-request.ts";
import { findGround } from "../session/open-lane.ts";
import { forecastCalls } from "../session/open-calls.ts";
import { stepSource } from "../session/opening-choice.ts";

import type { RecoveryForecast } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { ToolSet } from "../location/tool-registry.ts";
import type { Ground } from "../session/open-lane.ts";
import type { Kernel } from "../session/kernel.ts";

/** What going on with an execution that lost its owner would do, and may cost. Writes and spends nothing, and asks no tool. */
export const forecastRecovery = async (kernel: Kernel, snapshot: SessionSnapshot): Promise<RecoveryForecast> => {
  const ground = await groundOf(kernel, snapshot);
  const tools: ToolSet =
    ground === undefined ? new Map() : agentTools(ground.location.tools.capture(), ground.setting.agent);
  const calls = await forecastCalls(kernel.services.store, snapshot, { tools, consent: "everything" });
  const asksModel = snapshot.execution?.interruptSeq === null;
  return {
    calls: calls.map(({ row, verdict }) => ({
      callId: row.callId,
      name: row.name,
      state: row.state === "begun" ? "begun" : "called",
      verdict,
    })),
    asksModel,
    ...(asksModel && ground !== undefined ? { estimate: await estimateOf(kernel, { snapshot, ground, tools }) } : {}),
    pending: snapshot.inputs.filter(({ awake }) => awake === 1).map(({ messageId }) => messageId),
  };
};

/** What would be run with; undefined where it cannot be had, so that what was open is shown as stale or unknown. */
const groundOf = async (kernel: Kernel, snapshot: SessionSnapshot): Promise<Ground | undefined> => {
  try {
    return await findGround(kernel, await stepSource(kernel, snapshot), snapshot.execution);
  } catch (error) {
    kernel.services.logger.warn("what a recovery would run with could not be had, to forecast it", {
      reason: String(error),
    });
    return undefined;
  }
};

/** What the next request counts, were it made now: as it would be charged if its process died in it. */
const estimateOf = async (
  { histories, services }: Kernel,
  { snapshot, ground, tools }: { readonly snapshot: SessionSnapshot; readonly ground: Ground; readonly tools: ToolSet },
): Promise<NonNullable<RecoveryForecast["estimate"]>> => {
  const { session, attempt, step, inputs, head } = snapshot;
  const { model, agent } = ground.setting;
  const cached = histories.take(session.sessionId, model, agent?.instructions);
  // Commits that nobody here watched for are read, too.
  cached.history.offer(null);
  await cached.history.catchUp();
  // An attempt that is made again shows nothing new; the next step shows what waits.
  const isNew = step?.state !== "open" || attempt?.state === "finished";
  const promotions = isNew ? selectPromotions(inputs, { opening: false, cutoffSeq: head.seq }) : [];
  const { history } = cached.history;
  const promoted = promotions.flatMap(({ messageId, seq }) => history.pending(messageId, seq) ?? []);
  const request = { ...cached, tools, hooks: ground.location.hooks, model, signal: services.disposal };
  const { estimate } = assembleRequest(request, { callable: true, promoted });
  histories.put(session.sessionId, cached);
  return estimate;
};
