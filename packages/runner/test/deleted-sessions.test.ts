import { join } from "node:path";

import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createMemoryStore, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { holds, withDetours } from "./faulty-store.ts";
import { collect, dataOf, logOf, makeFolder, openRuntime, setStage, shared } from "./stage.ts";

import type { EventItem, Logger } from "@holdfast/core";

const answer = () => [text("Hello.")];

/** What a reader is told of an item. */
const toldOf = (item: EventItem): string =>
  item.kind === "event"
    ? item.event.type
    : item.kind === "notice" && item.notice.type === "rest"
      ? item.notice.rest
      : item.kind;

describe("a session that was deleted", () => {
  it("ends the tail of a reader that had fallen behind with its last event, and no gap", async () => {
    await using stage = await setStage({ model: answer });
    const { holdfast, sessionId } = stage;
    await stage.turn("Hi");
    const tail = holdfast.sessions.events({ sessionId, until: "idle" })[Symbol.asyncIterator]();
    const first = await tail.next();
    expect(first.done === true ? undefined : toldOf(first.value)).toBe("session.created");
    await stage.turn("And again");
    await holdfast.sessions.delete({ sessionId });
    const told: string[] = [];
    for (let next = await tail.next(); next.done !== true; next = await tail.next()) told.push(toldOf(next.value));
    expect(told.filter((what) => what === "session.deleted")).toHaveLength(1);
    expect(told.at(-1)).toBe("deleted");
  });

  it("ends tails and waits of another runtime on the same file", async () => {
    await using folder = await makeFolder();
    const path = join(folder.path, "sessions.db");
    await using stage = await setStage({ store: await openSqliteStore({ path }), model: answer });
    await using other = await openRuntime(await openSqliteStore({ path }));
    const { holdfast, sessionId } = stage;
    await stage.turn("Hi");
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Later", resume: false });
    const tail = collect(other.sessions.events({ sessionId, after: cursor }));
    const deleted = await holdfast.sessions.delete({ sessionId });
    expect((await tail).map(toldOf).filter((what) => what !== "sync")).toEqual(["session.deleted"]);
    expect(await other.sessions.wait({ sessionId, after: cursor })).toEqual({ status: "deleted", ...deleted });
  });

  it("lifts nothing from its children: what denied it denies them", async () => {
    let runs = 0;
    const act = defineTool({
      name: "act",
      description: "Acts.",
      input: z.object({}),
      output: z.string(),
      execute: () => {
        runs++;
        return "acted";
      },
    });
    await using stage = await setStage({
      tools: [act],
      agents: { careful: { rules: [{ action: "act", resource: "*", effect: "deny" }] } },
      model: (prompt) => (toolResultsOfTurn(prompt).length === 0 ? [toolCall("act", {})] : [text("Done.")]),
    });
    const { sessions } = stage.holdfast;
    const location = { directory: stage.directory };
    const parent = await sessions.create({ location, agent: "careful" });
    const child = await sessions.create({ location, parentId: parent.id });
    const grandchild = await sessions.create({ location, parentId: child.id });
    await sessions.delete({ sessionId: parent.id });
    await sessions.delete({ sessionId: child.id });
    const { cursor } = await sessions.prompt({ sessionId: grandchild.id, text: "Go" });
    await sessions.wait({ sessionId: grandchild.id, after: cursor });
    expect(runs).toBe(0);
    expect(dataOf(await logOf(stage.holdfast, grandchild.id), "tool.settled")).toMatchObject([
      { outcome: { status: "stopped", reason: "denied-by-policy" } },
    ]);
  });

  it("while what an interruption had left was about to be taken up starts nothing, and no error is logged", async () => {
    const errors: string[] = [];
    const logger: Logger = {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (message) => errors.push(message),
    };
    const store = createMemoryStore();
    await using other = await openRuntime(shared(store));
    const seen = { sessionId: "", isMeant: false };
    const detour = withDetours(shared(store), {
      commit: async (plan) => {
        if (seen.isMeant && holds("execution.started")(plan)) {
          seen.isMeant = false;
          await other.sessions.delete({ sessionId: seen.sessionId });
        }
        return store.commit(plan);
      },
    });
    await using stage = await setStage({ store: detour, model: answer, logger });
    const { holdfast, sessionId } = stage;
    seen.sessionId = sessionId;
    // Recorded and not woken, it hinders no deletion.
    await holdfast.sessions.prompt({ sessionId, text: "Later", resume: false });
    seen.isMeant = true;
    await holdfast.sessions.resume({ sessionId });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "deleted" });
    await expect.poll(() => holdfast.sessions.active()).toEqual([]);
    expect((await logOf(holdfast, sessionId)).map(({ type }) => type)).toEqual(["session.deleted"]);
    expect(errors).toEqual([]);
  });
});
