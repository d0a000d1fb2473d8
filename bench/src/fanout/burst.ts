import type { Cursor, EventItem, Holdfast } from "@holdfast/core";

/** Events of the burst, and how many of them come in one turn of the event loop. */
export const burst = { events: 5_000, perTurn: 10 } as const;

export const sessionId = "ses_fanout";

/** The items that a reader is handed: made ahead, for this is about what becomes of them. */
export const makeItems = (textBytes: number): readonly EventItem[] => {
  return Array.from({ length: burst.events }, (_, seq): EventItem => {
    const hash = seq.toString(16).padStart(64, "0");
    return {
      kind: "event",
      cursor: `c1.sto_fanout.${sessionId}.${seq}.${hash.slice(48)}` as Cursor,
      event: {
        id: `evt_${seq}`,
        sessionId,
        seq,
        type: "text.ended",
        version: 1,
        time: 1_760_000_000_000 + seq,
        fence: 1,
        prevHash: hash,
        hash,
        data: { messageId: "msg_a", position: seq, text: "x".repeat(textBytes) },
      } as never,
    };
  });
};

/** Lets the burst go: what is handed over turn by turn, as commits come. */
export class Trigger {
  #go = Promise.withResolvers<void>();

  get fired(): Promise<void> {
    return this.#go.promise;
  }

  fire(): void {
    this.#go.resolve();
  }

  reset(): void {
    this.#go = Promise.withResolvers();
  }
}

/** A facade with nothing but the events of one session: at rest until the burst comes. */
export const burstFacade = (items: readonly EventItem[], trigger: Trigger): Holdfast => {
  const start = `c1.sto_fanout.${sessionId}.0.start` as Cursor;
  const events = async function* ({
    until,
    signal,
  }: {
    until?: string;
    signal?: AbortSignal;
  }): AsyncGenerator<EventItem> {
    yield { kind: "sync", cursor: start, live: false };
    if (until === "sync") return;
    await trigger.fired;
    for (let at = 0; at < items.length; at += burst.perTurn) {
      yield* items.slice(at, at + burst.perTurn);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const left = Promise.withResolvers<never>();
    signal?.addEventListener("abort", () => left.reject(signal.reason as Error), { once: true });
    await left.promise;
  };
  return { sessions: { events } } as unknown as Holdfast;
};
