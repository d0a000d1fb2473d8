import { HoldfastError, toCursor } from "@holdfast/core";
import { selectPromotions } from "@holdfast/core/session";

import { assembleRequest } from "../session/assemble-request.ts";
import { findGround } from "../session/open-lane.ts";
import { stepLimitOf } from "../session/step-limit.ts";
import { noSession } from "./no-session.ts";

import type { ContextMessage, JsonObject, SessionContext, SessionId, UserMessage } from "@holdfast/core";
import type { History } from "@holdfast/core/session";
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
  const { store, disposal } = kernel.services;
  const read = async (): Promise<SessionSnapshot> => {
    disposal.throwIfAborted();
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null) throw await noSession(store, sessionId);
    return snapshot;
  };
  for (;;) {
    const before = await read();
    const { session } = before;
    const { location, setting } = await findGround(kernel, session, openExecution(before));
    const cached = kernel.histories.take(sessionId, setting.model.ref, setting.agent?.instructions);
    try {
      const snapshot = await caughtUp(cached, read);
      // It was moved or updated while its ground was looked for.
      if (!isSameGround(snapshot, before)) continue;
      const next = nextStep(snapshot, cached.history.history);
      const request = assembleRequest(
        { location, model: setting.model, ...cached, signal: disposal },
        { callable: next.index < stepLimitOf(setting), promoted: next.promoted },
      );
      const { prompt, tools = [] } = request.options;
      const [first] = prompt;
      const instructions = first?.role === "system" ? first.content : undefined;
      return {
        cursor: toCursor(store.storeId, { sessionId, ...snapshot.head }),
        agent: session.agent,
        model: setting.model.ref,
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

const openExecution = ({ execution }: SessionSnapshot): SessionSnapshot["execution"] =>
  execution?.state === "open" ? execution : null;

const isSameGround = ({ session }: SessionSnapshot, { session: before }: SessionSnapshot): boolean =>
  (["directory", "workspaceId", "agent", "model"] as const).every((column) => session[column] === before[column]);

/** Which inputs the next step would promote, and its position in its activity. */
const nextStep = (
  snapshot: SessionSnapshot,
  history: History,
): { readonly index: number; readonly promoted: readonly UserMessage[] } => {
  const { inputs, head, step } = snapshot;
  const promotions = selectPromotions(inputs, { opening: isOpening(snapshot, history), cutoffSeq: head.seq });
  const promoted = promotions.flatMap(({ messageId, seq }) => history.pending(messageId, seq) ?? []);
  const continues = openExecution(snapshot) !== null && promoted.length === 0;
  return { index: continues ? (step?.position ?? 0) + 1 : 1, promoted };
};

/** Whether the next step opens an activity: nothing runs, or what runs has no results to look at. */
const isOpening = (snapshot: SessionSnapshot, history: History): boolean => {
  if (openExecution(snapshot) === null) return true;
  const last = history.at(history.size - 1);
  return last?.role === "assistant" && !last.content.some(({ type }) => type === "call");
};
