import { HoldfastError } from "@holdfast/core";
import { askIdentity } from "@holdfast/core/session";

import { sha256 } from "../sha256.ts";

import type { AskId, CallId } from "@holdfast/core";
import type { AskAnswer, AskShown } from "@holdfast/core/event";
import type { FakeScope } from "./fake-scope.ts";

/** How an ask came to its end. */
export type AskEnd =
  | { readonly kind: "answered"; readonly answer: AskAnswer }
  | { readonly kind: "denied"; readonly feedback?: string | undefined }
  | { readonly kind: "expired" | "dismissed" }
  | { readonly kind: "refused" };

/** Opens an ask, and waits for its end. */
export const askPerson = async (
  lane: FakeScope,
  { callId, input, shown }: { readonly callId: CallId; readonly input: string; readonly shown: AskShown },
): Promise<AskEnd> => {
  const { kernel, sessionId } = lane;
  const { policy = "wait", expireMs } = kernel.options.asks ?? {};
  if (policy === "deny") return { kind: "refused" };
  const askId = kernel.ids.next("ask");
  const identity = askIdentity({ callId, input, shown }, sha256);
  const expires = expireMs === undefined ? {} : { expires: kernel.clock.now() + expireMs };
  const { executionId } = lane;
  await lane.commit([kernel.draft("ask.opened", { askId, executionId, callId, identity, shown, ...expires })]);
  const over = new AbortController();
  const closed = Promise.withResolvers<void>();
  using _watcher = kernel.store.watch(sessionId, (events) => {
    if (events?.some(({ data }) => "askId" in data && data["askId"] === askId) === true) closed.resolve();
  });
  lane.signal.addEventListener("abort", () => closed.reject(lane.signal.reason), { signal: over.signal, once: true });
  if (lane.signal.aborted) closed.reject(lane.signal.reason);
  if (expireMs !== undefined) void expireAfter(lane, { askId, expireMs, signal: over.signal });
  try {
    await closed.promise;
    return await endOf(lane, askId);
  } finally {
    over.abort();
  }
};

const expireAfter = async (
  { kernel, sessionId }: FakeScope,
  { askId, expireMs, signal }: { readonly askId: AskId; readonly expireMs: number; readonly signal: AbortSignal },
): Promise<void> => {
  try {
    await kernel.clock.sleep(expireMs, signal);
    await kernel.commit({ sessionId, events: [kernel.draft("ask.expired", { askId, reason: "time" })] });
  } catch (error) {
    // It was answered in time, or just now.
    if (!signal.aborted && !HoldfastError.isInstance(error, "store.condition-failed")) throw error;
  }
};

const endOf = async ({ kernel, sessionId }: FakeScope, askId: AskId): Promise<AskEnd> => {
  const [row] = await kernel.store.asks({ sessionId, askId, limit: 1 });
  const closed = row?.closedSeq == null ? undefined : await kernel.event(sessionId, row.closedSeq);
  if (closed?.type === "ask.answered") return { kind: "answered", answer: closed.data.answer };
  if (closed?.type === "ask.expired" && closed.data.reason === "denied")
    return { kind: "denied", feedback: closed.data.feedback };
  const isDismissed = closed?.type === "ask.expired" && closed.data.reason === "dismissed";
  return { kind: isDismissed ? "dismissed" : "expired" };
};
