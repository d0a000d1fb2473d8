import type { WaitOutcome } from "@holdfast/core";
import type { CallOptions } from "./client-options.ts";
import type { Wire } from "./wire.ts";

/** What a poll asks for at most, in milliseconds (PROTOCOL 5). */
const pollMs = 25_000;

interface WaitQuery {
  readonly sessionId: string;
  readonly after?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Waits for rest, poll by poll: each goes on from where the one before it came to its time limit. */
export const waitForRest = async (
  wire: Wire,
  { signal: ownSignal, ...query }: WaitQuery,
  options: CallOptions = {},
): Promise<WaitOutcome> => {
  const signal = wire.endingWith(ownSignal, options.signal);
  const { monotonic } = wire.ports;
  const { timeoutMs = Infinity } = query;
  const deadline = monotonic() + timeoutMs;
  let { after } = query;
  for (;;) {
    const left = deadline - monotonic();
    // What is no time limit is for the server to refuse.
    const poll = timeoutMs > pollMs ? Math.max(0, Math.min(pollMs, Math.round(left))) : timeoutMs;
    const outcome = await wire.call(
      "GET /v1/sessions/{sessionId}/wait",
      { ...query, after, timeoutMs: poll },
      { signal },
    );
    if (outcome.status !== "timeout" || !(timeoutMs > pollMs) || monotonic() >= deadline) return outcome;
    after = outcome.cursor;
  }
};
