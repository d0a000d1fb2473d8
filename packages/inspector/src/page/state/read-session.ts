import { SessionView } from "./session-view.ts";

import type { Client } from "@holdfast/sdk";
import type { EventItem, Message } from "@holdfast/core";

/**
 * Reads a session into a view and follows it, for ever: from the beginning of its log, so that nothing depends on what was shown before. Of a
 * pruned log the messages below its floor come first. Returns where the session is over.
 */
export const readSession = async (
  client: Client,
  { sessionId, signal }: { readonly sessionId: string; readonly signal: AbortSignal },
  onChange: (view: SessionView) => void,
): Promise<void> => {
  const view = new SessionView();
  let isFirst = true;
  for await (const item of client.sessions.events({ sessionId, live: true, signal })) {
    if (isFirst) view.restore(await messagesBelow(client, firstSeq(item), { sessionId, signal }));
    isFirst = false;
    view.take(item);
    onChange(view);
  }
};

/** Where what is told begins. A log without events is one of which all was pruned. */
const firstSeq = (item: EventItem): number => (item.kind === "event" ? item.event.seq : Number.POSITIVE_INFINITY);

const messagesBelow = async (
  client: Client,
  seq: number,
  { sessionId, signal }: { readonly sessionId: string; readonly signal: AbortSignal },
): Promise<readonly Message[]> => {
  const messages: Message[] = [];
  let afterSeq: number | undefined = seq === 0 ? undefined : -1;
  while (afterSeq !== undefined) {
    const page = await client.sessions.messages(
      { sessionId, limit: 200, ...(afterSeq < 0 ? {} : { afterSeq }) },
      { signal },
    );
    messages.push(...page.messages.filter((message) => message.seq < seq));
    const isPast = page.messages.some((message) => message.seq >= seq);
    afterSeq = isPast ? undefined : page.nextAfterSeq;
  }
  return messages;
};
