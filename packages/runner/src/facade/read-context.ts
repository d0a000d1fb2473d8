import { HoldfastError, toCursor } from "@holdfast/core";
import { planPromotions } from "@holdfast/core/session";

import { agentTools } from "../location/agent-tools.ts";
import { budgetOf } from "../session/budget-of.ts";
import { promptsFor } from "../session/history-cache.ts";
import { findGround } from "../session/open-lane.ts";
import { prepareRequest } from "../session/prepare-request.ts";
import { rulesFrom } from "../session/session-row.ts";
import { settingOf } from "../session/setting-of.ts";
import { stepContext } from "../session/step-context.ts";
import { noSession } from "./no-session.ts";

import type { ContextMessage, JsonObject, Message, SessionContext, SessionId } from "@holdfast/core";
import type { History, StepPromotions } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Cached } from "../session/history-cache.ts";
import type { Kernel } from "../session/kernel.ts";

/**
 * What the model would see next: the request that the next step would make, as things stand at the cursor. Nothing is written, and no
 * model is asked.
 *
 * @throws session.not-found, session.deleted, and what finding the Location and the model throws.
 */
export const readContext = async (kernel: Kernel, sessionId: SessionId): Promise<SessionContext> => {
  const { services } = kernel;
  const { store, disposal } = services;
  const read = async (): Promise<SessionSnapshot> => {
    disposal.throwIfAborted();
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null) throw await noSession(store, sessionId);
    return snapshot;
  };
  for (;;) {
    const before = await read();
    const { location, setting: base } = await findGround(
      kernel,
      { session: before.session, choice: {} },
      openOf(before),
    );
    let cached = kernel.histories.take(sessionId, base.model, base.agent?.instructions);
    try {
      const snapshot = await caughtUp(cached, read);
      // It was moved while its ground was looked for.
      if (!isSamePlace(snapshot, before)) continue;
      const { session } = snapshot;
      const next = nextStep(snapshot, cached.history.history);
      const denies = openOf(snapshot)?.denies;
      const source = { session, choice: next.choice };
      const setting = await settingOf(services, source, denies === undefined ? undefined : rulesFrom(denies));
      const { agent, agentName, model } = setting;
      const agentsTools = agentTools(location.tools.capture(), agent);
      const place = { location, setting, tools: agentsTools, history: cached.history, signal: disposal };
      const context = await stepContext(services, place);
      cached = promptsFor(cached, model, { instructions: agent?.instructions, context });
      const request = await prepareRequest(
        {
          sessionId,
          agent: agentName,
          tools: agentsTools,
          hooks: location.hooks,
          model,
          ...cached,
          signal: disposal,
        },
        { callable: next.index < budgetOf(services, setting).steps, promoted: next.promoted, told: context.told },
      );
      const { prompt, tools = [] } = request.options;
      const [first] = prompt;
      const instructions = first?.role === "system" ? first.content : undefined;
      return {
        cursor: toCursor(store.storeId, { sessionId, ...snapshot.head }),
        agent: agentName,
        model: model.ref,
        ...(instructions === undefined ? {} : { instructions }),
        messages: structuredClone(instructions === undefined ? prompt : prompt.slice(1)) as readonly ContextMessage[],
        tools: tools.flatMap((tool) =>
          tool.type === "function"
            ? [
                {
                  name: tool.name,
                  description: tool.description ?? "",
                  inputSchema: structuredClone(tool.inputSchema) as JsonObject,
                },
              ]
            : [],
        ),
        callable: request.callable,
        requestHash: request.hash,
        ...(request.hookedHash === undefined ? {} : { hookedHash: request.hookedHash }),
      };
    } finally {
      kernel.histories.put(sessionId, cached);
    }
  }
};

/** Reads the session and its history until both are of one moment. */
const caughtUp = async ({ history }: Cached, read: () => Promise<SessionSnapshot>): Promise<SessionSnapshot> => {
  for (;;) {
    // Nobody told this history of commits while it was kept.
    history.offer(null);
    try {
      await history.catchUp();
    } catch (error) {
      // A log that ends behind a gap is one whose session was deleted, which the look at it says.
      if (HoldfastError.isInstance(error)) await read();
      throw error;
    }
    const snapshot = await read();
    if (snapshot.head.seq === history.seq) return snapshot;
  }
};

const openOf = ({ execution }: SessionSnapshot): SessionSnapshot["execution"] =>
  execution?.state === "open" ? execution : null;

const isSamePlace = ({ session }: SessionSnapshot, { session: before }: SessionSnapshot): boolean =>
  session.directory === before.directory && session.workspaceId === before.workspaceId;

const nextStep = (snapshot: SessionSnapshot, history: History): StepPromotions => {
  const { inputs, head, step } = snapshot;
  const execution = openOf(snapshot);
  return planPromotions({
    history,
    inputs,
    opening: isOpening(snapshot, history),
    cutoffSeq: head.seq,
    startedSeq: execution?.seq ?? head.seq,
    indexBefore: execution === null ? 0 : (step?.position ?? 0),
  });
};

/** The last message, leaving out what the system context told after it. */
const lastSaid = (history: History): Message | undefined => {
  let index = history.size - 1;
  while (history.at(index)?.role === "system") index--;
  return history.at(index);
};

/** Whether the next step opens an activity: nothing runs, or what runs has no results to look at. */
const isOpening = (snapshot: SessionSnapshot, history: History): boolean => {
  if (openOf(snapshot) === null) return true;
  const last = lastSaid(history);
  return last?.role === "assistant" && !last.content.some(({ type }) => type === "call");
};
