import { argumentSchemas } from "@holdfast/core/arguments";
import { decodeEvent, inlineBlobs } from "@holdfast/core/event";
import { History } from "@holdfast/core/session";
import { thawMessage } from "@holdfast/core/store";

import { FakeReader, restOf, seqOfCursor } from "./fake-reader.ts";
import { leavable } from "./leavable.ts";
import { untilAborted } from "./until-aborted.ts";

import type { Sessions, WaitOutcome } from "@holdfast/core";
import type { Todo } from "@holdfast/core/event";
import type { FakeKernel } from "./fake-kernel.ts";

type Reading = Pick<Sessions, "events" | "wait" | "messages" | "todos">;

/** What is read of sessions. */
export const fakeReading = (kernel: FakeKernel): Reading => {
  const endingWith = (signal: AbortSignal | undefined): AbortSignal =>
    signal === undefined ? kernel.disposal : AbortSignal.any([kernel.disposal, signal]);
  return {
    events: ({ signal, ...query }) => ({
      [Symbol.asyncIterator]: () => {
        const checked = kernel.check(argumentSchemas.events, query, "events");
        const leaving = new AbortController();
        const reader = new FakeReader(kernel, {
          ...checked,
          signal: AbortSignal.any([endingWith(signal), leaving.signal]),
        });
        return leavable(endOf(reader.read(), leaving.signal), () => leaving.abort());
      },
    }),
    wait: async ({ signal, ...query }) => {
      const { sessionId, after, timeoutMs } = kernel.check(argumentSchemas.wait, query, "wait");
      if (after !== undefined) await seqOfCursor(kernel, sessionId, after);
      const limit = timeoutMs === undefined ? new AbortController().signal : AbortSignal.timeout(timeoutMs);
      const ends = endingWith(signal);
      for (;;) {
        ends.throwIfAborted();
        const news = Promise.withResolvers<void>();
        using _watcher = kernel.store.watch(sessionId, () => news.resolve());
        const ended = kernel.lane(sessionId).onEnd(news.resolve);
        const rest = await restOf(kernel, sessionId);
        if (rest !== undefined || limit.aborted) return outcomeOf(kernel, sessionId, rest ?? "timeout");
        try {
          await untilAborted(news.promise, AbortSignal.any([ends, limit]));
        } catch (error) {
          if (!limit.aborted) throw error;
        } finally {
          ended();
        }
      }
    },
    messages: async (query) => {
      const { sessionId, afterSeq, limit } = kernel.check(argumentSchemas.messages, query, "messages");
      const page = await kernel.store.history({ sessionId, after: afterSeq, limit });
      if (page === null) throw await kernel.noSession(sessionId);
      const history = new History();
      for (const frozen of page.frozen) history.restore(thawMessage(frozen));
      for (const sealed of page.events) {
        const event = decodeEvent(sealed);
        if (event !== null) history.apply(await inlineBlobs(event, (hash) => kernel.store.blob(hash)));
      }
      const asked = new Set(page.messages.map(({ messageId }) => messageId));
      const last = page.messages.at(-1);
      return {
        messages: history.messages.filter(({ messageId }) => asked.has(messageId)),
        cursor: kernel.cursor(sessionId, page.head),
        ...(page.messages.length === limit && last !== undefined ? { nextAfterSeq: last.seq } : {}),
      };
    },
    todos: async (query) => {
      const { sessionId } = kernel.check(argumentSchemas.session, query, "todos");
      await kernel.snapshot(sessionId);
      const row = await kernel.store.todo(sessionId);
      return row === null ? [] : (JSON.parse(row.items) as readonly Todo[]);
    },
  };
};

/** Whoever left wants no reason. */
async function* endOf<T>(items: AsyncIterable<T>, left: AbortSignal): AsyncGenerator<T, void, undefined> {
  try {
    yield* items;
  } catch (error) {
    if (!left.aborted) throw error;
  }
}

const outcomeOf = async (
  kernel: FakeKernel,
  sessionId: Parameters<FakeKernel["snapshot"]>[0],
  status: WaitOutcome["status"],
): Promise<WaitOutcome> => {
  const head = await kernel.store.head(sessionId);
  if (head === null) throw await kernel.noSession(sessionId);
  const cursor = kernel.cursor(sessionId, head);
  const endedSeq = (await kernel.store.snapshot(sessionId))?.execution?.endedSeq;
  const ended =
    (status === "failed" || status === "budget") && endedSeq != null
      ? await kernel.event(sessionId, endedSeq)
      : undefined;
  const failure = ended?.type === "execution.ended" ? ended.data.failure : undefined;
  return { status, cursor, ...(failure === undefined ? {} : { failure }) };
};
