import { silentLogger } from "@holdfast/core";
import { defineTool } from "@holdfast/core/tool";
import { createGate, createMemoryStore, lastUserText, scriptedModel, text, toolCall, wait } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { holds, passing, withDetours } from "./faulty-store.ts";
import { collect, dataOf, openRuntime, setStage, shared, untilEvent } from "./stage.ts";

import type { Logger, SessionId } from "@holdfast/core";
import type { Script } from "@holdfast/testkit";
import type { StageOptions } from "./stage.ts";

const never = new Promise<never>(() => {});
const oneCall: Script = (prompt, index) =>
  index === 0 ? [toolCall("act", {})] : [text(`Answer to ${lastUserText(prompt)}`)];

/** A stage whose first answer waits until a test lets it end; later ones come at once. */
const setHeld = async (options: StageOptions = {}) => {
  const mayEnd = createGate();
  const model = scriptedModel((_, index) => [...(index === 0 ? [wait(mayEnd.opened)] : []), text(`Answer ${index}.`)]);
  const stage = await setStage({ model, limits: { graceMs: 100 }, ...options });
  await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "Hi" });
  await untilEvent(stage.holdfast, stage.sessionId, "attempt.started");
  return { stage, model, mayEnd };
};

describe("wakes while a session works", () => {
  it("by resume join what runs: one execution, and no request of their own", async () => {
    const { stage, model, mayEnd } = await setHeld();
    await using _stage = stage;
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    const joined = await Promise.all(Array.from({ length: 20 }, () => sessions.resume({ sessionId })));
    expect(new Set(joined.map(({ status }) => status))).toEqual(new Set(["joined"]));
    mayEnd.open();
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(model.calls).toBe(1);
    expect(dataOf(await stage.log(), "execution.started")).toHaveLength(1);
  });

  it("by many steers make one follow-up, which answers all of them in order", async () => {
    const { stage, model, mayEnd } = await setHeld();
    await using _stage = stage;
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    const texts = Array.from({ length: 20 }, (_, index) => `steer ${index}`);
    for (const steer of texts) await sessions.prompt({ sessionId, text: steer });
    mayEnd.open();
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(model.calls).toBe(2);
    const { messages } = await sessions.messages({ sessionId });
    expect(messages.flatMap((message) => (message.role === "user" ? [message.text] : []))).toEqual(["Hi", ...texts]);
    expect(dataOf(await stage.log(), "execution.started")).toHaveLength(1);
    await expectSound(stage.store, sessionId);
  });

  it("look at the session once more when it rests, however many they were", async () => {
    const memory = createMemoryStore();
    let looks = 0;
    const store = withDetours(shared(memory), {
      snapshot: (sessionId) => {
        looks += 1;
        return memory.snapshot(sessionId);
      },
    });
    const { stage, mayEnd } = await setHeld({ store });
    await using _stage = stage;
    const { holdfast, sessionId } = stage;
    for (let count = 0; count < 100; count++) await holdfast.sessions.resume({ sessionId });
    looks = 0;
    const ended = untilEvent(holdfast, sessionId, "execution.ended");
    mayEnd.open();
    await ended;
    await expect.poll(async () => (await holdfast.sessions.recovery({ sessionId })).status).toBe("none");
    // The boundary, the end, and the one follow-up; those of the reader and of `recovery` come beside them.
    expect(looks).toBeLessThan(10);
  });

  it("by steers that come after its boundary was read are for the next boundary", async () => {
    const memory = createMemoryStore();
    let isLate = false;
    const store = withDetours(shared(memory), {
      commit: async (plan) => {
        // The second step's promotions are decided by now, and not yet durable.
        if (!isLate && holds("step.started")(plan) && !holds("execution.started")(plan)) {
          isLate = true;
          await stage.holdfast.sessions.prompt({ sessionId: stage.sessionId, text: "late" });
        }
        return memory.commit(plan);
      },
    });
    const act = defineTool({
      name: "act",
      description: "Acts.",
      input: z.object({}),
      output: z.string(),
      execute: async (_input, { sessionId }) => {
        await stage.holdfast.sessions.prompt({ sessionId, text: "early" });
        return "done";
      },
    });
    const stage = await setStage({ store, model: oneCall, tools: [act] });
    await using _stage = stage;
    expect(await stage.turn("Go")).toMatchObject({ status: "completed" });
    expect(isLate).toBe(true);
    expect(dataOf(await stage.log(), "text.ended").map((block) => block.text)).toEqual([
      "Answer to early",
      "Answer to late",
    ]);
    await expectSound(memory, stage.sessionId);
  });
});

/** A logger that keeps what it is told as an error. */
const keepErrors = () => {
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (message) => void errors.push(message) };
  return { errors, logger };
};

describe("a failure", () => {
  it("of the work is reported once, and the wakes that came meanwhile make one more try, which is for all of them", async () => {
    const memory = createMemoryStore();
    const { errors, logger } = keepErrors();
    const isStarting = createGate();
    const mayFail = createGate();
    let starts = 0;
    const store = withDetours(shared(memory), {
      commit: async (plan) => {
        if (!holds("execution.started")(plan) || ++starts > 1) return memory.commit(plan);
        isStarting.open();
        await mayFail.opened;
        throw passing("store.corrupt");
      },
    });
    await using stage = await setStage({ store, logger, model: () => [text("Here.")] });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    await sessions.prompt({ sessionId, text: "first" });
    await isStarting.opened;
    for (let count = 0; count < 10; count++) await sessions.prompt({ sessionId, text: `p${count}` });
    mayFail.open();
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(errors).toEqual(["the work on a session stopped"]);
    expect(starts).toBe(2);
    expect(await sessions.inputs({ sessionId })).toEqual([]);
    await expectSound(memory, sessionId);
  });

  it("of a provider is one end for all who wait", async () => {
    const mayFail = createGate();
    await using stage = await setStage({
      model: async () => {
        await mayFail.opened;
        throw new Error("no such server");
      },
    });
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    await sessions.prompt({ sessionId, text: "Hi" });
    const waits = Array.from({ length: 10 }, () => sessions.wait({ sessionId }));
    mayFail.open();
    expect(new Set((await Promise.all(waits)).map(({ status }) => status))).toEqual(new Set(["failed"]));
    const log = await stage.log();
    expect(dataOf(log, "step.failed")).toHaveLength(1);
    expect(dataOf(log, "execution.ended")).toHaveLength(1);
  });
});

describe("closing", () => {
  it("does no more work: what waits stays in the inbox, and nothing is committed once it is done", async () => {
    const memory = createMemoryStore();
    const { stage, model } = await setHeld({ store: shared(memory) });
    await using _stage = stage;
    const { holdfast, sessionId } = stage;
    for (const queued of ["a", "b"]) await holdfast.sessions.prompt({ sessionId, text: queued, delivery: "queue" });
    const other = await holdfast.sessions.create({ location: { directory: stage.directory } });
    // The wake of this one is younger than the disposal's beginning.
    const late = holdfast.sessions.prompt({ sessionId: other.id, text: "late" });
    await holdfast[Symbol.asyncDispose]();
    await late;
    const headSeq = async (id: SessionId): Promise<number | undefined> => (await memory.head(id))?.seq;
    const heads = [await headSeq(sessionId), await headSeq(other.id)];
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([await headSeq(sessionId), await headSeq(other.id)]).toEqual(heads);
    expect(model.calls).toBe(1);
    expect((await memory.snapshot(sessionId))?.inputs).toHaveLength(2);
    expect((await memory.snapshot(other.id))?.inputs).toHaveLength(1);
  });
});

describe("whoever waits for a session and is told to stop", () => {
  it.each(["wait", "events"] as const)("by the signal of %s leaves the work alone", async (method) => {
    const { stage, model, mayEnd } = await setHeld();
    await using _stage = stage;
    const { sessions } = stage.holdfast;
    const { sessionId } = stage;
    const leave = new AbortController();
    const { signal } = leave;
    const waiting =
      method === "wait"
        ? sessions.wait({ sessionId, signal })
        : collect(sessions.events({ sessionId, signal, until: "idle" }));
    const left = expect(waiting).rejects.toBe("enough");
    leave.abort("enough");
    await left;
    mayEnd.open();
    expect(await sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(model.calls).toBe(1);
    expect(dataOf(await stage.log(), "interrupt.requested")).toEqual([]);
  });

  it("in another process's place, by closing its runtime, leaves the owner alone", async () => {
    const memory = createMemoryStore();
    const { stage, mayEnd } = await setHeld({ store: shared(memory) });
    await using _stage = stage;
    const { sessionId } = stage;
    const other = await openRuntime(shared(memory));
    await other.sessions.prompt({ sessionId, text: "Me too" });
    const waiting = expect(other.sessions.wait({ sessionId })).rejects.toMatchObject({ code: "runtime.disposed" });
    await other[Symbol.asyncDispose]();
    await waiting;
    mayEnd.open();
    expect(await stage.holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(await stage.holdfast.sessions.inputs({ sessionId })).toEqual([]);
    expect(dataOf(await stage.log(), "execution.recovered")).toEqual([]);
  });
});

describe("sessions", () => {
  it("run concurrently: one that waits for its model holds up no other, though they share a directory and a tool", async () => {
    const { stage } = await setHeld({
      model: (prompt) => [...(lastUserText(prompt) === "Hi" ? [wait(never)] : []), text("Here.")],
    });
    await using _stage = stage;
    const { sessions } = stage.holdfast;
    const others = await Promise.all(
      Array.from({ length: 10 }, () => sessions.create({ location: { directory: stage.directory } })),
    );
    await Promise.all(others.map(({ id }) => sessions.prompt({ sessionId: id, text: "You?" })));
    const ends = await Promise.all(others.map(({ id }) => sessions.wait({ sessionId: id })));
    expect(new Set(ends.map(({ status }) => status))).toEqual(new Set(["completed"]));
    expect(await sessions.recovery({ sessionId: stage.sessionId })).toMatchObject({ status: "running" });
  });
});
