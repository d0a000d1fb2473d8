import { pruneSessions } from "@holdfast/core/store";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import {
  createGate,
  finish,
  part,
  scriptedModel,
  sha256,
  text,
  toolCall,
  toolResultsOfTurn,
  wait,
} from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { readSession } from "../src/page/state/read-session.ts";

import type { Holdfast } from "@holdfast/core";
import type { Script } from "@holdfast/testkit";
import type { SessionView } from "../src/page/state/session-view.ts";

const openRuntime = async (script: Script) => {
  const store = await openSqliteStore({ path: ":memory:" });
  const model = scriptedModel(script);
  const holdfast = await createRuntime({ store, model: () => ({ model }) });
  const { id } = await holdfast.sessions.create({ location: { directory: import.meta.dirname } });
  return { store, holdfast, id };
};

/** Reads a session until a view is what is wanted, and leaves. */
const readUntil = async (holdfast: Holdfast, sessionId: string, isWanted: (view: SessionView) => boolean) => {
  const leaving = new AbortController();
  let found: SessionView | undefined;
  const reading = readSession(holdfast, { sessionId, signal: leaving.signal }, (view) => {
    found = view;
    if (isWanted(view)) leaving.abort();
  });
  await expect(reading).rejects.toThrow();
  if (found === undefined) throw new Error("expected a view, found none");
  return found;
};

const turn = async (holdfast: Holdfast, sessionId: string, prompt: string): Promise<void> => {
  await holdfast.sessions.prompt({ sessionId, text: prompt });
  await holdfast.sessions.wait({ sessionId });
};

/** What is just being written. */
const written = (view: SessionView): string => {
  const last = view.messages.at(-1);
  return last === undefined
    ? ""
    : view.overlay
        .of(last.messageId)
        .map((fragment) => fragment.text)
        .join("");
};

describe("the view of a session", () => {
  it("shows the messages that the facade gives", async () => {
    const { holdfast, id } = await openRuntime((prompt) =>
      toolResultsOfTurn(prompt).length > 0 ? [text("Done.")] : [text("I look."), toolCall("unknown", { a: 1 })],
    );
    await using _runtime = holdfast;
    await turn(holdfast, id, "Look.");
    await turn(holdfast, id, "Again.");
    const view = await readUntil(holdfast, id, ({ isSynced }) => isSynced);
    expect(view.messages).toEqual((await holdfast.sessions.messages({ sessionId: id })).messages);
    expect(view.messages).toHaveLength(6);
    expect(view.isBusy).toBe(false);
    expect(view.log.map(({ seq }) => seq)).toEqual(view.log.map((_, index) => index));
  });

  it("lays fragments over what is durable, and takes them away where they became so", async () => {
    const gate = createGate();
    const { holdfast, id } = await openRuntime(() => [
      part({ type: "text-start", id: "a" }),
      part({ type: "text-delta", id: "a", delta: "One, " }),
      part({ type: "text-delta", id: "a", delta: "two, " }),
      wait(gate.opened),
      part({ type: "text-delta", id: "a", delta: "three." }),
      part({ type: "text-end", id: "a" }),
      finish(),
    ]);
    await using _runtime = holdfast;
    await holdfast.sessions.prompt({ sessionId: id, text: "Count." });
    const midway = await readUntil(holdfast, id, (view) => written(view) === "One, two, ");
    expect(midway.isBusy).toBe(true);
    gate.open();
    const done = await readUntil(holdfast, id, ({ isSynced, isBusy }) => isSynced && !isBusy);
    expect(done.overlay.isEmpty).toBe(true);
    expect(done.messages.at(-1)).toMatchObject({ content: [{ type: "text", text: "One, two, three." }] });
  });

  it("begins with the messages below the floor, where the log was pruned", async () => {
    const { store, holdfast, id } = await openRuntime(() => [text("So it is.")]);
    await using _runtime = holdfast;
    await turn(holdfast, id, "First.");
    await turn(holdfast, id, "Second.");
    const report = await pruneSessions(store, { now: Date.now(), keepEvents: 0 }, sha256);
    expect(report.pruned).toBe(1);
    const messagesOf = async () => (await holdfast.sessions.messages({ sessionId: id })).messages;
    const pruned = await readUntil(holdfast, id, ({ isSynced }) => isSynced);
    expect(pruned.messages).toEqual(await messagesOf());
    expect(pruned.log).toEqual([]);
    await turn(holdfast, id, "Third.");
    const after = await readUntil(holdfast, id, ({ isSynced }) => isSynced);
    expect(after.messages).toEqual(await messagesOf());
    expect(after.messages).toHaveLength(6);
  });
});
