import { createMemoryStore, text, wait } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { ReaderQueue } from "../src/facade/reader-queue.ts";
import { dataOf, openRuntime, setStage, shared, untilEvent, untilShown } from "./stage.ts";

import type { EventItem } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";
import type { Stage } from "./stage.ts";

const never = new Promise<never>(() => {});

/** A reader that has read the past, and now waits for somebody to take the next item. */
const readerAt = async (stage: Stage, query: { readonly live?: boolean; readonly until?: "idle" } = {}) => {
  const reader = stage.holdfast.sessions.events({ sessionId: stage.sessionId, ...query })[Symbol.asyncIterator]();
  for (let item = await reader.next(); item.value?.kind !== "sync"; item = await reader.next());
  return reader;
};

/** Takes items until one fits. */
const takeUntil = async (reader: AsyncIterator<EventItem>, fits: (item: EventItem) => boolean) => {
  const items: EventItem[] = [];
  for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
    items.push(next.value);
    if (fits(next.value)) break;
  }
  return items;
};

const seqsOf = (items: readonly EventItem[]) =>
  items.flatMap((item) => (item.kind === "event" ? [item.event.seq] : []));

/** More than a queue holds: 60 inputs of 200,000 characters, while an answer is open. */
const flood = async (stage: Stage) => {
  const { holdfast, sessionId } = stage;
  for (let count = 0; count < 60; count++)
    await holdfast.sessions.prompt({ sessionId, text: "x".repeat(200_000), resume: false });
  return (await stage.log()).length - 1;
};
const openAnswer = () => setStage({ model: [[text("secret", { open: true }), wait(never)]], limits: { graceMs: 0 } });

const event = (seq: number, size = 0) => ({ seq, data: { text: "x".repeat(size) } }) as unknown as SealedEnvelope;
const fragment = (size: number) => ({
  live: { type: "block.delta", delta: "x".repeat(size) } as never,
  afterSeq: 0,
});

// A store whose commits come from elsewhere: that something was committed is said, and not what.
const blind = (store: Store): Store =>
  new Proxy(shared(store), {
    get: (target, key) => {
      if (key === "watch")
        return (...[id, listener]: Parameters<Store["watch"]>) => store.watch(id, () => listener(null));
      return Reflect.get(target, key, target) as unknown;
    },
  });

describe("a reader that is too slow", () => {
  it("and did not ask for fragments gets every event once, and nothing else", async () => {
    await using stage = await openAnswer();
    const reader = await readerAt(stage);
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
    await reader.next();
    await untilShown(stage.holdfast, stage.sessionId, "secret");
    const last = await flood(stage);
    const items = await takeUntil(reader, (item) => item.kind === "event" && item.event.seq === last);
    // That something was dropped would be told after the last event: so it waits there for a while.
    const more = reader.next();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "More", resume: false });
    const { value } = await more;
    if (value !== undefined) items.push(value);
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(["event"]));
    expect(seqsOf(items)).toEqual(Array.from({ length: last }, (_, index) => index + 2));
    await reader.return?.();
  });

  it("gets every event once, and its fragments anew after one notice", async () => {
    await using stage = await openAnswer();
    const reader = await readerAt(stage, { live: true });
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
    await takeUntil(reader, ({ kind }) => kind === "live");
    const last = await flood(stage);
    const items = await takeUntil(reader, ({ kind }) => kind === "live");
    const seqs = seqsOf(items);
    expect(seqs.at(-1)).toBe(last);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => last - seqs.length + 1 + index));
    expect(items.filter(({ kind }) => kind !== "event")).toMatchObject([
      { kind: "notice", notice: { type: "live-dropped" } },
      { kind: "live", live: { type: "block.open", text: "secret" } },
    ]);
    await reader.return?.();
  });
});

describe("ReaderQueue", () => {
  it.each([
    ["10,000 items", 10_001, 0],
    ["16 MiB", 100, 200_000],
  ])("holds at most %s, and asks for the rest to be read", (_name, count, size) => {
    const queue = new ReaderQueue(false);
    for (let seq = 0; seq < count; seq++) queue.offer([event(seq, size)]);
    expect(queue.takeDirty()).toBe(true);
    expect(queue.liveDropped).toBe(false);
    const left: number[] = [];
    for (let item = queue.take(); item?.kind === "event"; item = queue.take()) left.push(item.event.seq);
    expect(left.length).toBeLessThan(count);
    expect(left).toEqual(Array.from({ length: left.length }, (_, index) => count - left.length + index));
  });

  it("drops fragments after 16 MiB of them, and says so to whoever reads them", () => {
    const queue = new ReaderQueue(true);
    for (let count = 0; count < 100; count++) queue.offerLive(fragment(200_000));
    expect(queue.liveDropped).toBe(true);
    expect(queue.take()).toBeUndefined();
    queue.restartLive([fragment(1)]);
    expect(queue.liveDropped).toBe(false);
    expect(queue.take()).toMatchObject({ kind: "live", live: { delta: "x" } });
  });

  it("has room again for what was taken", () => {
    const queue = new ReaderQueue(false);
    for (let seq = 0; seq < 1_000; seq++) {
      queue.offer([event(seq, 200_000)]);
      if (seq >= 20) queue.take();
    }
    expect(queue.takeDirty()).toBe(false);
  });
});

describe("leaving", () => {
  it.each([
    ["return", (reader: AsyncGenerator<EventItem>) => reader.return(undefined)],
    ["disposal", (reader: AsyncGenerator<EventItem>) => reader[Symbol.asyncDispose]()],
  ])("by %s ends a wait for the next item at once", async (_name, leave) => {
    await using stage = await setStage({ model: [] });
    const reader = (await readerAt(stage)) as AsyncGenerator<EventItem>;
    const waiting = reader.next();
    await leave(reader);
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });
});

describe("until idle", () => {
  it("ends at a completion that was read, whatever began after it", async () => {
    await using stage = await setStage({
      store: shared(createMemoryStore()),
      model: [[text("Hello.")], [wait(never)]],
      limits: { graceMs: 0 },
    });
    await using other = await openRuntime(blind(stage.store));
    const reader = other.sessions.events({ sessionId: stage.sessionId, until: "idle" })[Symbol.asyncIterator]();
    // One execution is open when the reader has read the past.
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Hi" });
    await takeUntil(reader, ({ kind }) => kind === "sync");
    await untilEvent(stage.holdfast, stage.sessionId, "execution.ended");
    await stage.holdfast.sessions.wait({ sessionId: stage.sessionId });
    await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "And?" });
    await expect.poll(async () => dataOf(await stage.log(), "attempt.started")).toHaveLength(2);
    const items = await takeUntil(reader, () => false);
    expect(items.at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest: "completed" } });
    expect(items.at(-2)).toMatchObject({ event: { type: "execution.ended" } });
  });
});
