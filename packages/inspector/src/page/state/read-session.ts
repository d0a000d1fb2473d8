import { SessionView } from "./session-view.ts";

import type { Client } from "@holdfast/sdk";
import type { Message, MessagePage } from "@holdfast/core";

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
    if (isFirst) {
      const floor = item.kind === "event" ? item.event.seq : Number.POSITIVE_INFINITY;
      view.restore(await messagesBelow(client, floor, { sessionId, signal }));
      isFirst = false;
    }
    view.take(item);
    onChange(view);
  }
};

interface Reading {
  readonly sessionId: string;
  readonly signal: AbortSignal;
}

/** All messages before the first event that the log still has. */
const messagesBelow = async (
  client: Client,
  floor: number,
  { sessionId, signal }: Reading,
): Promise<readonly Message[]> => {
  if (floor === 0) return [];
  const messages: Message[] = [];
  for (let afterSeq: number | undefined; ;) {
    const page: MessagePage = await client.sessions.messages({ sessionId, limit: 200, afterSeq }, { signal });
    messages.push(...page.messages.filter(({ seq }) => seq < floor));
    afterSeq = page.nextAfterSeq;
    if (afterSeq === undefined || afterSeq >= floor) return messages;
  }
};
