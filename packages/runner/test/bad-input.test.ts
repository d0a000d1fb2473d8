import { mkdir, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { HoldfastError, toCursor } from "@holdfast/core";
import { definePlugin } from "@holdfast/core/plugin";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { lastUserText, scriptedModel, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { collect, dataOf, logOf, makeFolder, setStage } from "./stage.ts";

import type { Stage } from "./stage.ts";

const echo = scriptedModel((prompt) => [text(`Answer to ${lastUserText(prompt)}`)]);

/** The refusal that a promise ends with: its code, and a message that a person can act on. */
const expectRefusal = async (refused: Promise<unknown>, code: string, says: readonly string[]): Promise<void> => {
  const error: unknown = await refused.then(
    (value) => new Error(`expected a refusal, found ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (!HoldfastError.isInstance(error)) throw error;
  expect(error.code).toBe(code);
  for (const part of says) expect(error.message).toContain(part);
  expect(error.message).toMatch(/^.{40,}\.$/s);
};

/** Nothing was written by what was refused, and the session answers the next prompt. */
const expectUnharmed = async (stage: Stage, refuse: () => Promise<void>): Promise<void> => {
  expect(await stage.turn("before")).toMatchObject({ status: "completed" });
  const before = await stage.log();
  await refuse();
  expect(await stage.log()).toEqual(before);
  expect(await stage.turn("after")).toMatchObject({ status: "completed" });
  expect(dataOf(await stage.log(), "text.ended").at(-1)?.text).toBe("Answer to after");
  await expectSound(stage.store, stage.sessionId);
};

describe("a prompt that does not fit", () => {
  it.each([
    { name: "for an unknown session", prompt: { sessionId: "ses_nobody", text: "Hi" }, says: ["ses_nobody", "Create"] },
    { name: "with an empty text", prompt: { text: "" }, says: ["text", "empty", "Correct"] },
    { name: "of 2 MiB", prompt: { text: "x".repeat(2_097_152) }, says: ["2097152 bytes", "1048576", "Shorten"] },
    { name: "with two identities", prompt: { text: "Hi", id: "msg_a", idempotencyKey: "a" }, says: ["id", "both"] },
    { name: "with a member that nobody knows", prompt: { text: "Hi", prio: 1 }, says: ["prio", "nothing was done"] },
  ])("$name is refused in a sentence, and loses nothing", async ({ prompt, says }) => {
    const code = "sessionId" in prompt ? "session.not-found" : "argument.invalid";
    await using stage = await setStage({ model: echo });
    await expectUnharmed(stage, () =>
      expectRefusal(stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, ...prompt }), code, says),
    );
    expect(await stage.holdfast.sessions.receipt({ sessionId: stage.sessionId, id: "msg_a" })).toBeNull();
  });

  it("a text of exactly 1 MiB is admitted, and one byte more is not", async () => {
    await using stage = await setStage({ model: echo });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    // Two bytes a letter: what counts is bytes of UTF-8, not characters.
    await sessions.prompt({ sessionId, text: "ä".repeat(524_288), resume: false });
    const over = sessions.prompt({ sessionId, text: `${"ä".repeat(524_288)}x`, resume: false });
    await expectRefusal(over, "argument.invalid", ["1048577 bytes"]);
    expect(await sessions.inputs({ sessionId })).toHaveLength(1);
  });
});

describe("a session that cannot work", () => {
  it("an unknown model is refused when the session is created, and no session is made", async () => {
    await using stage = await setStage({ model: echo });
    const { sessions } = stage.holdfast;
    const create = sessions.create({ location: { directory: stage.directory }, model: { id: "unknown" } });
    await expectRefusal(create, "model.unknown", ["unknown", "Use one"]);
    expect((await sessions.list()).sessions.map(({ id }) => id)).toEqual([stage.sessionId]);
  });

  it("a directory that does not exist, or is a file, is refused when the session is created", async () => {
    await using stage = await setStage({ model: echo });
    const { sessions } = stage.holdfast;
    await writeFile(join(stage.directory, "file"), "");
    for (const name of ["none", "file"]) {
      const directory = join(stage.directory, name);
      await expectRefusal(sessions.create({ location: { directory } }), "location.not-found", [directory, "Create"]);
    }
    expect((await sessions.list()).sessions).toHaveLength(1);
  });

  it("a default model that nobody knows fails the first prompt's execution, and the next prompt takes both inputs", async () => {
    let known = false;
    await using folder = await makeFolder();
    await using store = await openSqliteStore({ path: ":memory:" });
    await using holdfast = await createRuntime({ store, model: () => (known ? { model: echo } : null) });
    const { sessions } = holdfast;
    const { id: sessionId } = await sessions.create({ location: { directory: folder.path } });
    const { cursor } = await sessions.prompt({ sessionId, text: "first" });
    const failed = await sessions.wait({ sessionId, after: cursor });
    expect(failed).toMatchObject({ status: "failed", failure: { class: "model-unavailable" } });
    expect(failed.failure?.message).toContain("default");
    expect(await sessions.inputs({ sessionId })).toMatchObject([{ text: "first" }]);
    known = true;
    await sessions.prompt({ sessionId, text: "second" });
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(dataOf(await logOf(holdfast, sessionId), "input.promoted")).toHaveLength(2);
    await expectSound(store, sessionId);
  });

  it("a model of a specification that cannot be driven fails the execution by name", async () => {
    await using folder = await makeFolder();
    await using store = await openSqliteStore({ path: ":memory:" });
    const model = { specificationVersion: "v1" as never };
    await using holdfast = await createRuntime({ store, model: () => ({ model }) });
    const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
    await holdfast.sessions.prompt({ sessionId, text: "Hi" });
    const { status, failure } = await holdfast.sessions.wait({ sessionId });
    expect({ status, class: failure?.class }).toEqual({ status: "failed", class: "model-unavailable" });
    expect(failure?.message).toContain('"v1"');
  });

  it("a directory that goes away before the first prompt fails the execution, and is used again when it is back", async () => {
    await using stage = await setStage({ model: echo });
    await rm(stage.directory, { recursive: true });
    expect(await stage.turn("Hi")).toMatchObject({ status: "failed", failure: { class: "location-unavailable" } });
    await mkdir(stage.directory);
    expect(await stage.turn("Again")).toMatchObject({ status: "completed" });
    await expectSound(stage.store, stage.sessionId);
  });

  it("a plugin whose setup throws fails the execution by the plugin's name, and not the runtime", async () => {
    let broken = true;
    const fragile = definePlugin({
      name: "fragile",
      setup: () => {
        if (broken) throw new RangeError("no such port");
      },
    });
    await using stage = await setStage({ model: echo, plugins: [fragile] });
    const { status, failure } = await stage.turn("Hi");
    expect({ status, class: failure?.class }).toEqual({ status: "failed", class: "defect" });
    expect(failure?.message).toMatch(/fragile.*no such port/s);
    broken = false;
    expect(await stage.turn("Again")).toMatchObject({ status: "completed" });
  });
});

describe("a store that cannot be used", () => {
  it("a file that is no database is refused before there is a runtime, and is left as it is", async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, "garbage.db");
    await writeFile(path, "This is no database. ".repeat(500));
    const open = async () => createRuntime({ store: await openSqliteStore({ path }), model: () => ({ model: echo }) });
    await expectRefusal(open(), "store.corrupt", [path]);
  });

  it("a database whose pages were lost is refused as corrupt by whatever reads them", async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, "cut.db");
    const create = async () =>
      createRuntime({ store: await openSqliteStore({ path }), model: () => ({ model: echo }) });
    const first = await create();
    const { id: sessionId } = await first.sessions.create({ location: { directory: folder.path } });
    await first.sessions.prompt({ sessionId, text: "Hi" });
    await first.sessions.wait({ sessionId });
    await first[Symbol.asyncDispose]();
    await truncate(path, 4_096 * 3);
    const read = async () => {
      await using holdfast = await create();
      return await holdfast.sessions.messages({ sessionId });
    };
    await expectRefusal(read(), "store.corrupt", [path]);
  });
});

describe("a cursor that does not fit", () => {
  const refusals = ["malformed", "other session", "other store", "ahead", "gone"] as const;
  const expected = {
    malformed: ["cursor.malformed", ["yesterday", "Pass one on unchanged"]],
    "other session": ["cursor.foreign", ["session", "good only for"]],
    "other store": ["cursor.foreign", ["another store"]],
    ahead: ["cursor.ahead", ["999", "ends at", "from the start"]],
    gone: ["cursor.gone", ["not the one", "from the start"]],
  } as const;

  it.each(refusals)("%s: events and wait refuse it in a sentence, and the session goes on", async (kind) => {
    await using stage = await setStage({ model: echo });
    await using elsewhere = await setStage({ model: echo });
    const { sessions } = stage.holdfast;
    const { sessionId, store } = stage;
    const other = await sessions.create({ location: { directory: stage.directory } });
    const own = { sessionId, hash: "0".repeat(64) };
    const cursors = {
      malformed: "yesterday",
      "other session": (await sessions.messages({ sessionId: other.id })).cursor,
      "other store": (await elsewhere.holdfast.sessions.messages({ sessionId: elsewhere.sessionId })).cursor,
      ahead: toCursor(store.storeId, { ...own, seq: 999 }),
      gone: toCursor(store.storeId, { ...own, seq: 0 }),
    };
    const after = cursors[kind];
    const [code, says] = expected[kind];
    await expectUnharmed(stage, async () => {
      await expectRefusal(collect(sessions.events({ sessionId, after })), code, says);
      await expectRefusal(sessions.wait({ sessionId, after }), code, says);
    });
  });
});
