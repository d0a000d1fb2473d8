import { badAnswer, unreachable } from "./attempt.ts";
import { leavable } from "./leavable.ts";
import { toRequest } from "./request.ts";

import type { CallOptions } from "./client-options.ts";
import type { Wire } from "./wire.ts";

const route = "GET /v1/sessions/{sessionId}/export";

/** The session's lines, as they come. Who does not ask holds the server back; who leaves closes the connection. */
export const exportLines = (
  wire: Wire,
  query: { readonly sessionId: string },
  options: CallOptions = {},
): AsyncIterable<string> => ({
  [Symbol.asyncIterator]: () => {
    const leaving = new AbortController();
    const signal = wire.endingWith(leaving.signal, options.signal);
    return leavable(readLines(wire, query, { signal, leaving }), () => leaving.abort());
  },
});

interface Ends {
  readonly signal: AbortSignal;
  readonly leaving: AbortController;
}

async function* readLines(
  wire: Wire,
  query: { readonly sessionId: string },
  { signal, leaving }: Ends,
): AsyncGenerator<string, void, undefined> {
  try {
    signal.throwIfAborted();
    const request = toRequest(route, query);
    const open = () =>
      wire.send(request, { signal, accept: "application/x-ndjson" }, async ({ body, status }) =>
        body === null ? { error: badAnswer("no body", { status }), isPassing: false } : { value: body },
      );
    const body = await wire.again(open, signal, () => {});
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = decoder.decode(value, { stream: true }).split("\n");
      lines[0] = rest + (lines[0] ?? "");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    if (rest !== "") yield rest;
  } catch (error) {
    if (leaving.signal.aborted) return;
    signal.throwIfAborted();
    // Of our own, it says what was wrong. What the platform throws is a connection that broke in the middle.
    throw error instanceof TypeError ? unreachable(route, error) : error;
  } finally {
    leaving.abort();
  }
}
