import { join } from "node:path";

import { openSqliteStore } from "@holdfast/store-sqlite";
import { expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, makeFolder, openRuntime, untilEvent } from "./stage.ts";
import { startProcess } from "./start-process.ts";

import type { EventItem, Holdfast, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** A session in a file, a runtime here, and a process that is about to work on it. */
const setScene = async (through: (store: Store) => Store = (store) => store) => {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await makeFolder());
  const path = join(folder.path, "sessions.db");
  const store = await openSqliteStore({ path });
  const holdfast = stack.use(await openRuntime(through(store)));
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
  const owner = stack.use(await startProcess("owner", [path, sessionId]));
  return { holdfast, store, sessionId, owner, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

it("a reader in another process is told that nothing is live there, and gets the durable block when it is whole", async () => {
  await using scene = await setScene();
  const { holdfast, store, sessionId, owner } = scene;
  await owner.tell("work");
  const items: EventItem[] = [];
  for await (const item of holdfast.sessions.events({ sessionId, live: true, until: "idle" })) {
    items.push(item);
    if (item.kind === "sync") await owner.tell("finish");
  }
  const sync = items.findIndex(({ kind }) => kind === "sync");
  expect(items[sync]).toMatchObject({ live: false });
  expect(items.filter(({ kind }) => kind === "live")).toEqual([]);
  expect(types(items.slice(0, sync)).at(-1)).toBe("attempt.started");
  expect(types(items.slice(sync))).toEqual([
    "text.ended",
    "text.ended",
    "attempt.ended",
    "step.ended",
    "execution.ended",
  ]);
  const texts = items.flatMap((item) =>
    item.kind === "event" && item.event.type === "text.ended" ? [item.event.data.text] : [],
  );
  expect(new Set(texts)).toEqual(new Set(["The first half, ", "and the second."]));
  expect(items.at(-1)).toEqual({ kind: "notice", notice: { type: "rest", rest: "completed" } });
  await expectSound(store, sessionId);
});

it("commits of another process that land while the first read is paused come once each and in order", async () => {
  const pause: { during: (() => Promise<void>) | undefined } = { during: undefined };
  await using scene = await setScene((store) => slowReader(store, pause));
  const { holdfast, sessionId, owner } = scene;
  pause.during = () => owner.tell("admit 20");
  const seqs: number[] = [];
  let synced = -1;
  for await (const item of holdfast.sessions.events({ sessionId })) {
    if (item.kind === "event") seqs.push(item.event.seq);
    if (item.kind === "sync") {
      synced = seqs.length;
      await owner.tell("admit 20");
    }
    if (seqs.at(-1) === 40) break;
  }
  expect(pause.during).toBeUndefined();
  expect(synced).toBe(1);
  expect(seqs).toEqual(Array.from({ length: 41 }, (_, seq) => seq));
});

it("a reader that comes back with its cursor goes on right after it, whoever committed meanwhile", async () => {
  await using scene = await setScene();
  const { holdfast, sessionId, owner } = scene;
  let after: string | undefined;
  const seqs: number[] = [];
  for (let visit = 0; visit < 4; visit++) {
    for await (const item of holdfast.sessions.events({ sessionId, after, until: "sync" })) {
      if (item.kind === "event") seqs.push(item.event.seq);
      if (item.kind === "sync") after = item.cursor;
    }
    await owner.tell("admit 3");
    await holdfast.sessions.prompt({ sessionId, text: "from here", resume: false });
  }
  expect(seqs).toEqual(Array.from({ length: 13 }, (_, seq) => seq));
});

it("an interruption from another process stops the owner's answer, and both see the same end", async () => {
  await using scene = await setScene();
  const { holdfast, store, sessionId, owner } = scene;
  await owner.tell("work");
  expect(await recoveryOf(holdfast, sessionId)).toBe("running");
  expect(await holdfast.sessions.interrupt({ sessionId })).toEqual({ status: "requested", withdrawn: [], pending: [] });
  await untilEvent(holdfast, sessionId, "execution.ended");
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "interrupted" });
  await owner.tell("look");
  const log = await logOf(holdfast, sessionId);
  expect(dataOf(log, "text.ended")).toMatchObject([{ text: "The first half, ", cut: true }]);
  expect(dataOf(log, "execution.recovered")).toEqual([]);
  await expectSound(store, sessionId);
});

const recoveryOf = async (holdfast: Holdfast, sessionId: SessionId) =>
  (await holdfast.sessions.recovery({ sessionId })).status;

const types = (items: readonly EventItem[]) =>
  items.flatMap((item) => (item.kind === "event" ? [item.event.type] : []));

/** A store whose next read of events takes so long that something happens meanwhile: after what it found was found. */
const slowReader = (store: Store, pause: { during: (() => Promise<void>) | undefined }): Store =>
  new Proxy(store, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== "function") return member;
      // An arrow function: a stack of disposables of Node 24 takes no bound one.
      if (key !== "events") return (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      return async (query: Parameters<Store["events"]>[0]) => {
        const page = await target.events(query);
        const { during } = pause;
        pause.during = undefined;
        await during?.();
        return page;
      };
    },
  });
