import { canonicalJson } from "@holdfast/core";
import { verifySession } from "@holdfast/core/store";
import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createMemoryStore, lastUserText, sha256, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { allMessages, prune } from "./pruning.ts";
import { collect, dataOf, logOf, openRuntime, setStage } from "./stage.ts";

import type { Holdfast, JsonValue } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { Script } from "@holdfast/testkit";
import type { Stage } from "./stage.ts";

const whole = "a line of output\n".repeat(10_000);
const look = defineTool({
  name: "look",
  description: "Looks.",
  input: z.object({}),
  output: z.string(),
  execute: () => whole,
});

const script: Script = (prompt) =>
  lastUserText(prompt).startsWith("Look") && toolResultsOfTurn(prompt).length === 0
    ? [toolCall("look", {})]
    : [text("Done.")];

/** A session with a call whose output is long, and a text that is a blob. */
const setSource = async (store?: Store): Promise<Stage> => {
  const stage = await setStage({ tools: [look], model: script, ...(store === undefined ? {} : { store }) });
  await stage.turn(`Look ${"y".repeat(300_000)}`);
  await stage.turn("Thanks");
  return stage;
};

const linesOf = ({ sessions }: Holdfast, sessionId: string) => collect(sessions.export({ sessionId }));

/** What a line says, without where it was exported and what follows from that. */
const saying = (lines: readonly string[]) =>
  lines.map((line) => line.replace(/^\{"chain":"[0-9a-f]{64}",/, "").replace(/"storeId":"sto_\w+"/, ""));

const expectIntact = async (store: Store, sessionId: Stage["sessionId"]): Promise<void> =>
  expect(await verifySession(store, sessionId, sha256)).toMatchObject({ chain: [], projections: [] });

/** Reads the whole of a call's output. */
const outputOf = async ({ outputs }: Holdfast, sessionId: string, ref: string): Promise<string> => {
  let read = "";
  for (let offset = 0; ;) {
    const window = await outputs.read({ sessionId, ref, offset });
    read += window.text;
    if (window.end === window.size) return read;
    offset = window.end;
  }
};

describe("a session that is exported and imported", () => {
  it("goes from SQLite into memory and back, verifies everywhere, and is the same in every line and output", async () => {
    const first = await openSqliteStore({ path: ":memory:" });
    await using source = await setSource(first);
    const { sessionId } = source;
    const lines = await linesOf(source.holdfast, sessionId);
    const middle = createMemoryStore();
    await using memory = await openRuntime(middle);
    const last = await openSqliteStore({ path: ":memory:" });
    await using back = await openRuntime(last);
    await memory.sessions.import({ lines });
    await back.sessions.import({ lines: memory.sessions.export({ sessionId }) });
    const [ref] = dataOf(await logOf(back, sessionId), "tool.settled").map(({ outcome }) => outcome.output ?? "");
    for (const [store, holdfast] of [
      [first, source.holdfast],
      [middle, memory],
      [last, back],
    ] as const) {
      await expectIntact(store, sessionId);
      expect(saying(await linesOf(holdfast, sessionId))).toEqual(saying(lines));
      expect(JSON.stringify(await allMessages(holdfast, sessionId))).toBe(
        JSON.stringify(await allMessages(source.holdfast, sessionId)),
      );
      expect(await outputOf(holdfast, sessionId, ref ?? "")).toBe(whole);
    }
  });

  it("begins with its floor where it was pruned, keeps its receipts, and goes on once it is released", async () => {
    await using source = await setSource();
    const { sessionId } = source;
    const keyed = { sessionId, idempotencyKey: "once", text: "Hi" };
    const receipt = await source.holdfast.sessions.prompt(keyed);
    await source.holdfast.sessions.wait({ sessionId, after: receipt.cursor });
    const before = JSON.stringify(await allMessages(source.holdfast, sessionId));
    const floor = await prune(source.store, sessionId);
    const store = createMemoryStore();
    await using target = await openRuntime(store, { tools: [look], model: script });
    const { sessions } = target;
    await sessions.import({ lines: source.holdfast.sessions.export({ sessionId }) });
    expect(await store.floor(sessionId)).toEqual(floor);
    expect(JSON.stringify(await allMessages(target, sessionId))).toBe(before);
    await expectIntact(store, sessionId);
    await sessions.release({ sessionId });
    expect(await sessions.prompt(keyed)).toMatchObject({ replayed: true, disposition: "promoted" });
    const { cursor } = await sessions.prompt({ sessionId, text: "Look again" });
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    await expectIntact(store, sessionId);
  });

  it("may have been exported after a pruning that knew neither compactions nor a system context", async () => {
    await using source = await setSource();
    const { sessionId } = source;
    await prune(source.store, sessionId);
    const lines = toOlder(await linesOf(source.holdfast, sessionId));
    expect(lines[0]).not.toMatch(/"compaction"|"context"/);
    const store = createMemoryStore();
    await using target = await openRuntime(store, { tools: [look], model: script });
    await target.sessions.import({ lines });
    expect(await store.floor(sessionId)).toEqual(await source.store.floor(sessionId));
    expect(await allMessages(target, sessionId)).toEqual(await allMessages(source.holdfast, sessionId));
    await expectIntact(store, sessionId);
  });
});

/** An export's lines as they were before a floor had rows of compactions and of the system context. */
const toOlder = (lines: readonly string[]): readonly string[] => {
  let chain = "0".repeat(64);
  return lines.map((line) => {
    const body = line.slice(line.indexOf('"line":') + '"line":'.length, -1);
    const older = body.replace('"compaction":[],', "").replace('"context":[],', "");
    const { floor } = JSON.parse(older) as { readonly floor?: JsonValue };
    const told =
      floor === undefined
        ? older
        : older.replace(/"floorHash":"[0-9a-f]{64}"/, `"floorHash":"${sha256(canonicalJson(floor))}"`);
    chain = sha256(chain + told);
    return `{"chain":"${chain}","line":${told}}`;
  });
};

describe("an import that is refused", () => {
  it("changes nothing: a changed byte, a cut, an order, another format, a line that is no text", async () => {
    await using source = await setSource();
    const lines = await linesOf(source.holdfast, source.sessionId);
    await using target = await openRuntime(createMemoryStore());
    const { sessions } = target;
    const middle = lines.findIndex((line) => line.includes('"type":"text.ended"'));
    const changed = lines.map((line, index) => (index === middle ? line.replace("Done", "Gone") : line));
    await expect(sessions.import({ lines: changed })).rejects.toMatchObject({
      code: "import.malformed",
      data: { line: middle + 1 },
    });
    const refused: readonly (readonly [readonly unknown[], string])[] = [
      [[], "import.malformed"],
      [lines.slice(0, -1), "import.malformed"],
      [lines.slice(1), "import.malformed"],
      [lines.toReversed(), "import.malformed"],
      [[...lines, ...lines], "import.malformed"],
      [["{}"], "import.malformed"],
      [[lines[0], 7], "argument.invalid"],
    ];
    for (const [given, code] of refused) {
      await expect(sessions.import({ lines: given as readonly string[] })).rejects.toMatchObject({ code });
    }
    expect((await sessions.list()).sessions).toEqual([]);
  });

  it.each([
    [{ lines: "one text" }],
    [{ lines: undefined }],
    [{ lines: [], replayOwner: "" }],
    [{ lines: [], strict: "yes" }],
    [{ lines: [], more: 1 }],
  ])("for arguments that do not fit: %j", async (argument) => {
    await using stage = await setStage();
    await expect(stage.holdfast.sessions.import(argument as never)).rejects.toMatchObject({ code: "argument.invalid" });
  });

  it("for the failure of whoever gives the lines is that failure, and closes where they come from", async () => {
    await using source = await setSource();
    const lines = await linesOf(source.holdfast, source.sessionId);
    let closed = 0;
    const failing = async function* (last: string) {
      try {
        yield lines[0] ?? "";
        yield last;
        throw new Error("the connection was reset");
      } finally {
        closed += 1;
      }
    };
    await using target = await openRuntime(createMemoryStore());
    const { sessions } = target;
    await expect(sessions.import({ lines: failing(lines[1] ?? "") })).rejects.toThrow("the connection was reset");
    await expect(sessions.import({ lines: failing("{}") })).rejects.toMatchObject({ code: "import.malformed" });
    expect(closed).toBe(2);
    expect((await sessions.list()).sessions).toEqual([]);
  });
});

it("an export and an import end with their runtime", async () => {
  await using source = await setSource();
  const { sessionId } = source;
  const lines = await linesOf(source.holdfast, sessionId);
  const target = await openRuntime(createMemoryStore());
  const given = async function* () {
    yield lines[0] ?? "";
    await target[Symbol.asyncDispose]();
    yield* lines.slice(1);
  };
  const disposed = { code: "runtime.disposed" };
  await expect(target.sessions.import({ lines: given() })).rejects.toMatchObject(disposed);
  const reader = source.holdfast.sessions.export({ sessionId })[Symbol.asyncIterator]();
  await reader.next();
  await source.holdfast[Symbol.asyncDispose]();
  await expect(reader.next()).rejects.toMatchObject(disposed);
  expect(() => source.holdfast.sessions.export({ sessionId })[Symbol.asyncIterator]()).toThrow(
    expect.objectContaining(disposed),
  );
});
