import { HoldfastError } from "@holdfast/core";
import { History } from "@holdfast/core/session";
import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createGate, createMemoryStore, lastUserText, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { allMessages, prune } from "./pruning.ts";
import { collect, dataOf, logOf, openRuntime, setStage, shared, untilEvent } from "./stage.ts";

import type { EventItem, Message } from "@holdfast/core";
import type { Script } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

const stores = [
  ["memory", async () => createMemoryStore()],
  ["SQLite", () => openSqliteStore({ path: ":memory:" })],
] as const;

const lookFor = (output: string) =>
  defineTool({
    name: "look",
    description: "Looks.",
    input: z.looseObject({}),
    output: z.string(),
    execute: () => output,
  });
const look = lookFor("seen ".repeat(20_000));

/** Looks first where it is told to, and then says so. */
const script: Script = (prompt) =>
  lastUserText(prompt).startsWith("Look") && toolResultsOfTurn(prompt).length === 0
    ? [text("Let me see."), toolCall("look", { z: 1, a: { c: 2, b: 3 } })]
    : [text(`You said: ${lastUserText(prompt).slice(0, 20)}`)];

const said = (stage: Stage) => allMessages(stage.holdfast, stage.sessionId);

/** What a client makes of messages and events: the same fold, with the messages up to a floor put in first. */
const fold = (items: readonly EventItem[], settled: readonly Message[] = []): readonly Message[] => {
  const history = new History();
  for (const message of settled) history.restore(message);
  for (const item of items) if (item.kind === "event") history.apply(item.event);
  return history.messages;
};

const goneOf = async (reading: Promise<unknown>): Promise<HoldfastError<"cursor.gone">> => {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (HoldfastError.isInstance(error, "cursor.gone")) return error;
  throw new Error(`expected cursor.gone, found ${String(error)}`);
};

describe.each(stores)("a session that was pruned, in %s", (_name, openStore) => {
  const setScene = async () => setStage({ store: await openStore(), tools: [look], model: script });

  it("has the same messages as before, byte for byte", async () => {
    await using stage = await setScene();
    const { sessionId, holdfast } = stage;
    const file = { mediaType: "text/plain", name: "big", data: btoa("x".repeat(300_000)) };
    const metadata = { z: 1, a: { c: [1, null], b: "two" } };
    const whole = { sessionId, text: `Look ${"y".repeat(300_000)}`, files: [file], metadata };
    const { cursor } = await holdfast.sessions.prompt(whole);
    await holdfast.sessions.wait({ sessionId, after: cursor });
    await stage.turn("Two");
    const before = JSON.stringify(await said(stage));
    const floor = await prune(stage.store, sessionId, { keepEvents: 1 });
    expect(JSON.stringify(await said(stage))).toBe(before);
    await stage.turn("Three");
    expect(await prune(stage.store, sessionId)).toMatchObject({ seq: expect.toSatisfy((seq) => seq > floor.seq) });
    expect(JSON.stringify((await said(stage)).slice(0, -2))).toBe(before.slice(0, -1) + "]");
  });

  it("is read from its floor on; a cursor below is gone and names the one to restart from, with which all is as it would have been", async () => {
    await using stage = await setScene();
    const { sessionId } = stage;
    const { sessions } = stage.holdfast;
    const first = await stage.turn("One");
    const read = (after?: string) => collect(sessions.events({ sessionId, after, until: "sync" }));
    const early = fold(await read());
    const second = await stage.turn("Look");
    await stage.turn("Three");
    const expected = fold(await read());
    const floor = await prune(stage.store, sessionId, { keepEvents: 5 });
    const left = await read();
    expect(left[0]).toMatchObject({ kind: "event", event: { seq: floor.seq + 1 } });
    const { data } = await goneOf(read(first.cursor));
    expect(data).toMatchObject({ floorSeq: floor.seq, restart: second.cursor });
    expect(await goneOf(sessions.wait({ sessionId, after: first.cursor }))).toMatchObject({ data });
    expect(await read(second.cursor)).toEqual(left);
    const settled = (await said(stage)).filter(({ seq }) => seq <= Number(data["floorSeq"]));
    expect(settled.length).toBeGreaterThan(early.length);
    expect(fold(await read(data["restart"] as string), settled)).toEqual(expected);
    const { messages, cursor } = await sessions.messages({ sessionId });
    await stage.turn("Four");
    expect(fold(await read(cursor), messages)).toEqual(await said(stage));
  });

  it("that was pruned to its end is read from there, and what follows is not missed", async () => {
    await using stage = await setScene();
    const { sessionId } = stage;
    const { cursor } = await stage.turn("One");
    await prune(stage.store, sessionId);
    const { sessions } = stage.holdfast;
    expect(await collect(sessions.events({ sessionId, until: "sync" }))).toEqual([
      { kind: "sync", cursor, live: false },
    ]);
    const tail: EventItem[] = [];
    for await (const item of sessions.events({ sessionId })) {
      tail.push(item);
      if (item.kind === "sync") await stage.turn("Two");
      if (item.kind === "event" && item.event.type === "execution.ended") break;
    }
    const seqs = tail.flatMap((item) => (item.kind === "event" ? [item.event.seq] : []));
    expect(seqs).toEqual((await stage.log()).map(({ seq }) => seq));
  });

  it("that its reader fell behind of is gone for it, and never a gap", async () => {
    await using stage = await setScene();
    const { sessionId } = stage;
    for (let index = 0; index < 60; index++) await stage.turn(`Turn ${index}`);
    const reader = stage.holdfast.sessions.events({ sessionId, until: "sync" })[Symbol.asyncIterator]();
    const seqs: number[] = [];
    const readOn = async (): Promise<void> => {
      for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
        if (next.value.kind === "event") seqs.push(next.value.event.seq);
      }
    };
    await reader.next();
    const floor = await prune(stage.store, sessionId);
    expect(await goneOf(readOn())).toMatchObject({ data: { floorSeq: floor.seq } });
    expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    expect(seqs.at(-1)).toBeLessThan(floor.seq);
  });

  it("answers a retry of what was pruned with its first receipt", async () => {
    await using stage = await setScene();
    const { sessionId } = stage;
    const { sessions } = stage.holdfast;
    const prompt = { sessionId, idempotencyKey: "once", text: "One" };
    const receipt = await sessions.prompt(prompt);
    await sessions.wait({ sessionId, after: receipt.cursor });
    await prune(stage.store, sessionId);
    const replayed = { ...receipt, replayed: true, disposition: "promoted" };
    expect(await sessions.prompt(prompt)).toEqual(replayed);
    expect(await sessions.receipt({ sessionId, idempotencyKey: "once" })).toEqual(replayed);
    await goneOf(collect(sessions.events({ sessionId, after: receipt.cursor, until: "sync" })));
  });

  it("rests as it did, though why its execution failed is not told any more", async () => {
    await using stage = await setStage({
      store: await openStore(),
      model: (prompt) => {
        if (lastUserText(prompt) === "Fail") throw new Error("no such server");
        return [text("Hello.")];
      },
    });
    const { sessionId } = stage;
    const { sessions } = stage.holdfast;
    expect(await stage.turn("Fail")).toMatchObject({ status: "failed", failure: { class: expect.anything() } });
    const { cursor } = await sessions.wait({ sessionId });
    await prune(stage.store, sessionId);
    expect(await sessions.wait({ sessionId })).toEqual({ status: "failed", cursor });
    expect(await sessions.recovery({ sessionId })).toEqual({ status: "none" });
    expect(await stage.turn("Hi")).toMatchObject({ status: "completed" });
  });
});

describe("the model of a session that is pruned", () => {
  // A result that is shown whole names no output of its session.
  const look = lookFor("seen");
  const turns = ["One", "Look", "Three", "Look again", "Five"];

  /** What the model was asked, but for the names of calls, with something done after each turn. */
  const requests = async (afterTurn: (turn: number, stage: Stage, model: Script) => Promise<unknown>) => {
    const asked: string[] = [];
    const model: Script = (prompt, ...more) => {
      asked.push(JSON.stringify(prompt).replaceAll(/cal_\w+/g, "cal_"));
      return typeof script === "function" ? script(prompt, ...more) : [];
    };
    await using stage = await setStage({ store: shared(createMemoryStore()), tools: [look], model });
    for (const [index, turn] of turns.entries()) {
      await stage.turn(turn);
      await afterTurn(index, stage, model);
    }
    return asked;
  };

  /** Another process answers one turn, and prunes what the first has not read. */
  const elsewhere = async (turn: number, { store, sessionId }: Stage, model: Script) => {
    if (turn !== 1) return;
    await using other = await openRuntime(shared(store), { tools: [look], model });
    const { cursor } = await other.sessions.prompt({ sessionId, text: "Elsewhere" });
    await other.sessions.wait({ sessionId, after: cursor });
    await prune(store, sessionId);
  };

  it("is asked the same as if it were not, by who remembers the history and by who reads it anew", async () => {
    const expected = await requests(async () => {});
    expect(expected).toHaveLength(7);
    expect(await requests((_, { store, sessionId }) => prune(store, sessionId))).toEqual(expected);
    const whole = await requests(async (turn, stage) => {
      if (turn === 1) await stage.turn("Elsewhere");
    });
    expect(await requests(elsewhere)).toEqual(whole);
  });

  it("is answered to its end where that happens in the middle of an execution", async () => {
    const begun = createGate();
    const mayEnd = createGate();
    const act = defineTool({
      name: "look",
      description: "Looks for long.",
      input: z.looseObject({}),
      output: z.string(),
      execute: async () => {
        begun.open();
        await mayEnd.opened;
        return "seen";
      },
    });
    await using stage = await setStage({ tools: [act], model: script });
    const { holdfast, sessionId, store } = stage;
    await stage.turn("One");
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Look" });
    await untilEvent(holdfast, sessionId, "tool.begun");
    await begun.opened;
    const floor = await prune(store, sessionId);
    mayEnd.open();
    expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    const log = await logOf(holdfast, sessionId);
    expect(log[0]?.seq).toBe(floor.seq + 1);
    expect(dataOf(log, "tool.settled")).toMatchObject([{ outcome: { status: "completed" } }]);
  });
});
