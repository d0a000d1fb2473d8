import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";

import { defineTool } from "@holdfast/core/tool";
import { expect } from "vitest";
import * as z from "zod";

import { toolResultsOfTurn } from "../model/conversation.ts";
import { createGate } from "../model/gate.ts";
import { text, toolCall, wait } from "../model/script.ts";
import { it } from "./law.ts";
import { codeOf, collect, dataOf, eventsOf, setStage, untilShown } from "./stage.ts";

import type { EventItem } from "@holdfast/core";
import type { FacadeSubject } from "./facade-subject.ts";

const never = new Promise<never>(() => {});

/** Sessions that are updated, moved and deleted. */
export const describeChanges = (subject: FacadeSubject): void => {
  it("an update changes what it names, durably, and keeps the rest", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const titled = await sessions.update({ sessionId, title: "Another" });
    expect(titled).toEqual({ ...stage.session, title: "Another" });
    const changed = await sessions.update({ sessionId, agent: "reviewer", model: { id: "other" } });
    expect(changed).toEqual({ ...titled, agent: "reviewer", model: { id: "other" } });
    const { model: _model, ...without } = changed;
    expect(await sessions.update({ sessionId, model: null })).toEqual(without);
    expect(await sessions.get({ sessionId })).toEqual(without);
    expect(dataOf(await stage.log(), "session.updated")).toEqual([
      { title: "Another" },
      { agent: "reviewer", model: { id: "other" } },
      { model: null },
    ]);
  });

  it("an update of nothing, to a model that nobody knows, or of a session that is not there is refused, and changes nothing", async () => {
    await using stage = await setStage(subject, { script: [] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    expect(await codeOf(sessions.update({ sessionId }))).toBe("argument.invalid");
    expect(await codeOf(sessions.update({ sessionId, title: "t".repeat(501) }))).toBe("argument.invalid");
    expect(await codeOf(sessions.update({ sessionId, title: "T", model: { id: "unknown" } }))).toBe("model.unknown");
    expect(await codeOf(sessions.update({ sessionId: "ses_nobody", title: "T" }))).toBe("session.not-found");
    expect(await sessions.get({ sessionId })).toEqual(stage.session);
  });

  it("another model counts from the next step on, also of an execution that is running", async () => {
    const [started, gate] = [createGate(), createGate()];
    const slow = defineTool({
      name: "slow",
      description: "Waits.",
      input: z.object({}),
      output: z.string(),
      execute: async () => {
        started.open();
        await gate.opened;
        return "waited";
      },
    });
    await using stage = await setStage(subject, {
      tools: [slow],
      script: (prompt) => (toolResultsOfTurn(prompt).length === 0 ? [toolCall("slow", {})] : [text("Done.")]),
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const { cursor } = await sessions.prompt({ sessionId, text: "Go" });
    await started.opened;
    await sessions.update({ sessionId, model: { id: "other" } });
    gate.open();
    expect(await sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
    expect(dataOf(await stage.log(), "step.started")).toMatchObject([
      { index: 1, model: stage.session.model ?? { id: "default" } },
      { index: 2, model: { id: "other" } },
    ]);
  });

  it("a session at rest moves to the canonical directory, and works there; one that works is busy", async () => {
    const gate = createGate();
    const places: string[] = [];
    const where = defineTool({
      name: "where",
      description: "Says where it runs.",
      input: z.object({}),
      output: z.string(),
      execute: async (_input, { location }) => {
        places.push(location.directory);
        await gate.opened;
        return location.directory;
      },
    });
    await using stage = await setStage(subject, {
      tools: [where],
      script: (prompt) => (toolResultsOfTurn(prompt).length === 0 ? [toolCall("where", {})] : [text("Done.")]),
    });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    const real = join(stage.directory, "real");
    await mkdir(join(real, ".git"), { recursive: true });
    await mkdir(join(real, "inner"));
    await symlink(join(real, "inner"), join(stage.directory, "link"));
    const location = { directory: join(stage.directory, "link") };
    const { cursor } = await sessions.prompt({ sessionId, text: "Where?" });
    await expect.poll(() => places).toEqual([stage.directory]);
    expect(await codeOf(sessions.move({ sessionId, location }))).toBe("session.busy");
    gate.open();
    await sessions.wait({ sessionId, after: cursor });
    expect(await codeOf(sessions.move({ sessionId, location: { directory: "/no/such/place" } }))).toBe(
      "location.not-found",
    );
    const moved = await sessions.move({ sessionId, location });
    expect(moved).toMatchObject({ location: { directory: join(real, "inner") }, project: real });
    await stage.turn("And now?");
    expect(places).toEqual([stage.directory, join(real, "inner")]);
  });

  it("a session that was deleted is gone for good: its readers and waiters are told, and every other method says so", async () => {
    await using stage = await setStage(subject, { script: [[text("Hello.")]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await stage.turn("Hi");
    const tail: Promise<readonly EventItem[]> = collect(sessions.events({ sessionId }));
    const early = (await sessions.prompt({ sessionId, text: "Later", resume: false })).cursor;
    const { cursor } = await sessions.delete({ sessionId });
    expect(eventsOf(await tail).at(-1)).toMatchObject({ type: "session.deleted" });
    expect(await sessions.wait({ sessionId })).toEqual({ status: "deleted", cursor });
    expect(await sessions.wait({ sessionId, after: early })).toEqual({ status: "deleted", cursor });
    expect(await sessions.get({ sessionId })).toBeNull();
    expect((await sessions.list()).sessions).toEqual([]);
    const left = [
      { kind: "event", event: { type: "session.deleted" }, cursor },
      { kind: "sync", cursor },
    ];
    expect(await collect(sessions.events({ sessionId, after: early }))).toMatchObject(left);
    expect(await collect(sessions.events({ sessionId, until: "idle" }))).toMatchObject([
      ...left,
      { kind: "notice", notice: { type: "rest", rest: "deleted" } },
    ]);
    expect(await collect(sessions.events({ sessionId, after: cursor }))).toMatchObject([{ kind: "sync", cursor }]);
    const location = { directory: stage.directory };
    const calls = [
      () => sessions.prompt({ sessionId, text: "Hi" }),
      () => sessions.create({ id: sessionId, location }),
      () => sessions.create({ parentId: sessionId, location }),
      () => sessions.receipt({ sessionId, id: "msg_a" }),
      () => sessions.inputs({ sessionId }),
      () => sessions.messages({ sessionId }),
      () => sessions.update({ sessionId, title: "T" }),
      () => sessions.move({ sessionId, location }),
      () => sessions.interrupt({ sessionId }),
      () => sessions.resume({ sessionId }),
      () => sessions.recovery({ sessionId }),
      () => sessions.context({ sessionId }),
      () => sessions.fork({ sessionId }),
      () => sessions.release({ sessionId }),
      () => collect(sessions.export({ sessionId })),
      () => sessions.delete({ sessionId }),
    ];
    for (const call of calls) expect(await codeOf(call())).toBe("session.deleted");
  });

  it("a session is not deleted while it works or an input waits to be answered, and nothing of it is lost", async () => {
    await using stage = await setStage(subject, { script: [[text("Half", { open: true }), wait(never)]] });
    const { sessions } = stage.holdfast;
    const sessionId = stage.session.id;
    await sessions.prompt({ sessionId, text: "Hi" });
    expect(await codeOf(sessions.delete({ sessionId }))).toBe("session.busy");
    await untilShown(stage, "Half");
    expect(await codeOf(sessions.delete({ sessionId }))).toBe("session.busy");
    await sessions.interrupt({ sessionId, clear: true });
    await sessions.wait({ sessionId });
    await sessions.delete({ sessionId });
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "deleted" });
  });

  it("of a prompt and a deletion at the same time one wins, and the other is told", async () => {
    await using stage = await setStage(subject, { script: () => [text("Half", { open: true }), wait(never)] });
    const { sessions } = stage.holdfast;
    for (let round = 0; round < 12; round++) {
      const { id: sessionId } = await sessions.create({ location: { directory: stage.directory } });
      const prompt = () => codeOf(sessions.prompt({ sessionId, id: `msg_race${round}`, text: "Hi" }));
      const deletion = () => codeOf(sessions.delete({ sessionId }));
      const [first, second] = await Promise.all(round % 2 === 0 ? [prompt(), deletion()] : [deletion(), prompt()]);
      const codes = [first, second].filter((found) => typeof found === "string");
      expect(codes).toHaveLength(1);
      if (codes[0] === "session.deleted") {
        expect(await sessions.wait({ sessionId })).toMatchObject({ status: "deleted" });
      } else {
        expect(codes[0]).toBe("session.busy");
        expect(await sessions.receipt({ sessionId, id: `msg_race${round}` })).not.toBeNull();
        await sessions.interrupt({ sessionId, clear: true });
        // Withdrawn before an execution took it up, or stopped after.
        expect(["idle", "interrupted"]).toContain((await sessions.wait({ sessionId })).status);
      }
    }
  });
};
