import { HoldfastError } from "@holdfast/core";

import { askPerson } from "./ask-person.ts";

import type { EventItem, Holdfast } from "@holdfast/core";
import type { Terminal } from "./terminal.ts";

/** A session that is followed to its end. */
export interface Followed {
  readonly sessionId: string;
  readonly after: string;
  readonly show: (item: EventItem) => void;
  readonly terminal: Terminal | undefined;
}

/** Shows a session until it rests with nothing to ask any more. Whoever leaves the terminal interrupts it. */
export const followSession = async (
  { asks, sessions }: Holdfast,
  { sessionId, after, show, terminal }: Followed,
): Promise<void> => {
  let cursor = after;
  for (;;) {
    for await (const item of sessions.events({ sessionId, after: cursor, live: true, until: "idle" })) {
      show(item);
      if (item.kind === "event") ({ cursor } = item);
    }
    // One at a time: an answer may be for others, too.
    const [ask] = (await asks.list({ sessionId, limit: 1 })).asks;
    if (ask === undefined || terminal === undefined) return;
    const answer = await askPerson(terminal, ask);
    const { askId, identity } = ask;
    if (answer === undefined) await sessions.interrupt({ sessionId, reason: "Nobody is at the terminal." });
    else {
      await asks.answer({ sessionId, askId, identity, answer, by: "terminal" }).catch((error: unknown) => {
        // Somebody else was quicker, or its time has passed: what is left to ask is shown next.
        if (!HoldfastError.isInstance(error, "ask.closed")) throw error;
      });
    }
  }
};
