import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import {
  createFakeClock,
  createGate,
  createMemoryStore,
  lastUserText,
  text,
  toolCall,
  toolResultsOfTurn,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { dataOf, logOf, openRuntime, setStage, shared, untilEvent, untilItem } from "./stage.ts";

import type { EventItem, Holdfast, SessionId } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { Script } from "@holdfast/testkit";

const stores = [
  ["memory", async () => createMemoryStore()],
  ["SQLite", () => openSqliteStore({ path: ":memory:" })],
] as const;

const echo: Script = (prompt) => [text(`You said: ${lastUserText(prompt)}`)];

const copy = (from: Holdfast, to: Holdfast, sessionId: string) =>
  to.sessions.import({ lines: from.sessions.export({ sessionId }) });

/** A session whose first call runs, whose second waits for a place, and whose tool ends when the gate opens. */
const setBusy = async () => {
  const gate = createGate();
  const act = defineTool({
    name: "act",
    description: "Acts.",
    input: z.object({}),
    output: z.string(),
    execute: () => gate.opened.then(() => "acted"),
  });
  const stage = await setStage({
    tools: [act],
    limits: { concurrentCalls: 1 },
    model: (prompt) =>
      toolResultsOfTurn(prompt).length > 0 ? [text("Done.")] : [toolCall("act", {}), toolCall("act", {})],
  });
  const { cursor } = await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Go" });
  await untilEvent(stage.holdfast, stage.sessionId, "tool.begun");
  return { stage, gate, cursor };
};

const fenceOf = async (store: Store, sessionId: SessionId) => (await store.snapshot(sessionId))?.claim;

describe.each(stores)("a replica, in %s", (_name, openStore) => {
  it("follows its source: a reader of it gets what is imported as it comes, and the session rests all the while", async () => {
    await using source = await setStage({ model: echo });
    await using target = await openRuntime(await openStore(), { model: echo });
    const { sessionId } = source;
    await source.turn("One");
    await copy(source.holdfast, target, sessionId);
    const tail: EventItem[] = [];
    for await (const item of target.sessions.events({ sessionId, live: true })) {
      tail.push(item);
      if (item.kind === "sync") {
        expect(item.live).toBe(false);
        await source.turn("Two");
        await copy(source.holdfast, target, sessionId);
        expect(await target.sessions.wait({ sessionId })).toMatchObject({ status: "replica" });
      }
      if (tail.filter((each) => each.kind === "event" && each.event.type === "execution.ended").length === 2) break;
    }
    const events = tail.flatMap((item) => (item.kind === "event" ? [item.event] : []));
    expect(events).toEqual(await source.log());
  });

  it("runs nothing, whatever waits in it and whatever the policy is, until it is released; then what waits is discovered", async () => {
    await using source = await setStage({ model: echo });
    const { sessionId } = source;
    await source.holdfast.sessions.prompt({ sessionId, text: "Recorded", resume: false });
    // Woken in the source, which dies before it takes it up.
    const lines: string[] = [];
    const store = shared(source.store);
    await using dying = await openRuntime(
      new Proxy(store, {
        get: (target, key) => (key === "snapshot" ? async () => null : Reflect.get(target, key, target)),
      }),
    );
    await dying.sessions.prompt({ sessionId, text: "Woken" });
    for await (const line of source.holdfast.sessions.export({ sessionId })) lines.push(line);
    const clock = createFakeClock();
    const claims = { discoverMs: 1_000, expireMs: 15_000, renewMs: 600_000 };
    await using target = await openRuntime(await openStore(), { model: echo, recovery: "resume", clock, claims });
    const { sessions } = target;
    await sessions.import({ lines });
    for (let second = 0; second < 10; second++) await clock.advance(1_000);
    const { cursor } = await sessions.wait({ sessionId });
    expect(await logOf(target, sessionId)).toEqual(await source.log());
    await sessions.release({ sessionId });
    const done = sessions.wait({ sessionId, after: cursor });
    for (let second = 0; second < 10; second++) await clock.advance(1_000);
    expect(await done).toMatchObject({ status: "completed" });
    expect(dataOf(await logOf(target, sessionId), "text.ended")).toMatchObject([{ text: "You said: Woken" }]);
  });

  it("that is released in the middle of a step settles every open call by how far it had come, and ends, under a greater fence", async () => {
    const { stage: source, gate } = await setBusy();
    await using _source = source;
    const { sessionId } = source;
    const store = await openStore();
    await using target = await openRuntime(store, { model: echo });
    const { sessions } = target;
    await copy(source.holdfast, target, sessionId);
    gate.open();
    const before = (await fenceOf(store, sessionId))?.fence ?? 0;
    const { status, cursor } = await sessions.release({ sessionId });
    expect(status).toBe("released");
    expect(await fenceOf(store, sessionId)).toMatchObject({ owner: null, fence: before + 1 });
    expect(dataOf(await logOf(target, sessionId), "tool.settled").map(({ outcome }) => outcome)).toMatchObject([
      { reason: "unknown-outcome", content: expect.stringContaining("not known") },
      { reason: "cancelled", content: expect.stringContaining("had not begun") },
    ]);
    await expectSound(store, sessionId);
    expect(await sessions.wait({ sessionId })).toEqual({ status: "interrupted", cursor });
    const { cursor: prompted } = await sessions.prompt({ sessionId, text: "Hi" });
    expect(await sessions.wait({ sessionId, after: prompted })).toMatchObject({ status: "completed" });
    await expectSound(store, sessionId);
  });

  it("that is released by many at once, while more of it comes in, is released once", async () => {
    const { stage: source, gate, cursor } = await setBusy();
    await using _source = source;
    const { sessionId } = source;
    await using store = await openStore();
    await using target = await openRuntime(shared(store), { model: echo });
    await using other = await openRuntime(shared(store), { model: echo });
    await copy(source.holdfast, target, sessionId);
    gate.open();
    await source.holdfast.sessions.wait({ sessionId, after: cursor });
    const releases = [target, other, target, other].map(({ sessions }) => sessions.release({ sessionId }));
    const imports = [target, other].map((to) => copy(source.holdfast, to, sessionId).catch((error: unknown) => error));
    const outcomes = await Promise.all(releases);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual([
      "nothing-to-do",
      "nothing-to-do",
      "nothing-to-do",
      "released",
    ]);
    for (const imported of await Promise.all(imports)) {
      expect([{ code: "import.not-replica" }, { status: "imported" }]).toContainEqual(
        expect.toSatisfy((expected: object) =>
          Object.entries(expected).every(([key, value]) => Reflect.get(imported as object, key) === value),
        ),
      );
    }
    await expectSound(store, sessionId);
  });
});

it("a replica's answer that was still open is cut by its release", async () => {
  const never = new Promise<never>(() => {});
  await using source = await setStage({ model: [[text("Half", { open: true }), wait(never)]] });
  const { sessionId, holdfast } = source;
  await holdfast.sessions.prompt({ sessionId, text: "Hi" });
  await untilItem(holdfast, sessionId, (item) => item.kind === "live");
  const store = createMemoryStore();
  await using target = await openRuntime(store);
  await copy(holdfast, target, sessionId);
  await target.sessions.release({ sessionId });
  expect(dataOf(await logOf(target, sessionId), "attempt.ended")).toMatchObject([{ status: "cut" }]);
  await expectSound(store, sessionId);
});
