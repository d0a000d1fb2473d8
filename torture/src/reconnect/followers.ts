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
  const source = new EventSource(`${url}/v1/sessions/${sessionId}/events`);
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
