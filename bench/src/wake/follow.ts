import type { Holdfast, SessionId } from "@holdfast/core";

/** Some readers of one session's tail, all of them synchronised when this is ready. */
export interface Tails extends AsyncDisposable {
  /** Called by each reader with the seq of each event that it is given. */
  onEvent: (seq: number) => void;
}

/** Opens readers of a session through the facade, and waits until each has read what was there. */
export const openTails = async (holdfast: Holdfast, sessionId: SessionId, count: number): Promise<Tails> => {
  const controller = new AbortController();
  const tails = { onEvent: (_seq: number): void => {} };
  const synchronised: Promise<void>[] = [];
  const readers = Array.from({ length: count }, async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    synchronised.push(promise);
    try {
      for await (const item of holdfast.sessions.events({ sessionId, signal: controller.signal })) {
        if (item.kind === "event") tails.onEvent(item.event.seq);
        if (item.kind === "sync") resolve();
      }
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    }
  });
  await Promise.all(synchronised);
  return Object.assign(tails, {
    [Symbol.asyncDispose]: async () => {
      controller.abort(new Error("the benchmark is over"));
      await Promise.all(readers);
    },
  });
};
