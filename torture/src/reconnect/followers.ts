import { createClient } from "@holdfast/sdk";
import { EventSource } from "eventsource";

/** What a follower was told: the IDs of events with their seqs, in the order in which they came. */
export interface Told {
  readonly seq: number;
  readonly id: string;
}

/** Whom to follow, until how many events were told. */
export interface Following {
  readonly url: string;
  readonly sessionId: string;
  readonly events: number;
  readonly signal: AbortSignal;
}

/** Follows a session by the SDK's iterable. */
export const followBySdk = async ({ url, sessionId, events, signal }: Following): Promise<readonly Told[]> => {
  await using client = createClient({ baseUrl: url });
  const told: Told[] = [];
  try {
    for await (const item of client.sessions.events({ sessionId, signal })) {
      if (item.kind !== "event") continue;
      told.push({ seq: item.event.seq, id: item.event.id });
      if (item.event.seq === events - 1) break;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return told;
};

/** Follows a session by the public package `eventsource`, which knows nothing of Holdfast. */
export const followByEventSource = async ({ url, sessionId, events, signal }: Following): Promise<readonly Told[]> => {
  const source = new EventSource(`${url}/v1/sessions/${sessionId}/events`, { fetch: quickly });
  const told: Told[] = [];
  const ended = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => ended.resolve());
  source.addEventListener("event", ({ data }: MessageEvent<string>) => {
    const event = JSON.parse(data) as Told;
    told.push({ seq: event.seq, id: event.id });
    if (event.seq === events - 1) ended.resolve();
  });
  await ended.promise;
  source.close();
  return told;
};

/** By itself it waits 3 s before each connection, and listens for another word in the stream alone: one is put in front of it. */
const quickly: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (!response.ok || response.body === null) return response;
  const reader = response.body.getReader();
  let isBegun = false;
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      if (!isBegun) {
        isBegun = true;
        controller.enqueue(new TextEncoder().encode("retry: 20\n\n"));
        return;
      }
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  const { status, headers } = response;
  const begun = new Response(body, { status, headers });
  // It tells redirects by it.
  Object.defineProperty(begun, "url", { value: response.url });
  return begun;
};
