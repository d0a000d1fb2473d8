import { defineTool } from "@holdfast/core/tool";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createGate, createMemoryStore, lastUserText, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { expectSound } from "./expect-sound.ts";
import { holds, withDetours } from "./faulty-store.ts";
import { dataOf, logOf, makeFolder, openRuntime, setStage, shared } from "./stage.ts";
import { startProcess } from "./start-process.ts";

import type { Holdfast } from "@holdfast/core";
import type { CommitPlan, Store } from "@holdfast/core/store";
import type { Script } from "@holdfast/testkit";
import type { StageOptions } from "./stage.ts";

/** A store that lets something happen right before the commit that a test means, once. */
const interceptOnce = (store: Store, isMeant: (plan: CommitPlan) => boolean, act: () => Promise<void>): Store => {
  let isDone = false;
  return withDetours(store, {
    commit: async (plan) => {
      if (!isDone && isMeant(plan)) {
        isDone = true;
        await act();
      }
      return store.commit(plan);
    },
  });
};

const promotes =
  (messageId: string) =>
  ({ events }: CommitPlan): boolean =>
    events.some(({ type, data }) => type === "input.promoted" && data.messageId === messageId);

const echo: Script = (prompt) => [text(`Answer to ${lastUserText(prompt)}`)];

const versionOf = async ({ sessions }: Holdfast, sessionId: string, messageId: string): Promise<number> => {
  const inputs = await sessions.inputs({ sessionId });
  return inputs.find((input) => input.messageId === messageId)?.version ?? -1;
};

const answersOf = async (holdfast: Holdfast, sessionId: string): Promise<readonly unknown[]> =>
  dataOf(await logOf(holdfast, sessionId), "text.ended").map((data) => data.text);

/** Two runtimes on one store: what the second does comes between the first one's read and its commit. */
const setScene = async (isMeant: (plan: CommitPlan) => boolean, options: Omit<StageOptions, "store"> = {}) => {
  const stack = new AsyncDisposableStack();
  const store = createMemoryStore();
  const act: { now: (sessions: Holdfast["sessions"]) => Promise<void> } = { now: async () => {} };
  const other = stack.use(await openRuntime(shared(store)));
  const detour = interceptOnce(shared(store), isMeant, () => act.now(other.sessions));
  const stage = stack.use(await setStage({ model: echo, ...options, store: detour }));
  return { ...stage, other, act, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

/** The same with another process, which does what it is told. */
const setProcessScene = async (order: string) => {
  const stack = new AsyncDisposableStack();
  const { path: folder } = stack.use(await makeFolder());
  const path = join(folder, "sessions.db");
  const act = { now: async () => {} };
  const detour = interceptOnce(await openSqliteStore({ path }), promotes("msg_mine"), () => act.now());
  const stage = stack.use(await setStage({ store: detour, model: echo }));
  const changer = stack.use(await startProcess("changer", [path, stage.sessionId]));
  act.now = () => changer.tell(order);
  return { ...stage, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

/** A model that calls a tool once, and is done. */
const callingOnce =
  (name: string): Script =>
  (prompt) =>
    toolResultsOfTurn(prompt).length === 0 ? [toolCall(name, {})] : [text("Done.")];

describe("an input that is about to be promoted", () => {
  it("and is replaced at that moment is shown with its new content alone", async () => {
    await using scene = await setScene(promotes("msg_mine"));
    const { holdfast, sessionId, other } = scene;
    scene.act.now = async (sessions) => {
      const version = await versionOf(other, sessionId, "msg_mine");
      await sessions.replaceInput({ sessionId, messageId: "msg_mine", version, text: "new" });
    };
    await holdfast.sessions.prompt({ sessionId, id: "msg_mine", text: "old" });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(await answersOf(holdfast, sessionId)).toEqual(["Answer to new"]);
    await expectSound(scene.store, sessionId);
  });

  it("and is withdrawn at that moment starts no execution, and the session rests", async () => {
    await using scene = await setScene(promotes("msg_mine"));
    const { holdfast, sessionId, other } = scene;
    scene.act.now = async (sessions) => {
      const version = await versionOf(other, sessionId, "msg_mine");
      await sessions.withdrawInput({ sessionId, messageId: "msg_mine", version });
    };
    await holdfast.sessions.prompt({ sessionId, id: "msg_mine", text: "old" });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "idle" });
    expect((await scene.log()).map(({ type }) => type)).toEqual([
      "session.created",
      "input.admitted",
      "input.withdrawn",
    ]);
    expect(await scene.turn("again")).toMatchObject({ status: "completed" });
  });

  it("and is cleared by an interruption at that moment starts no execution", async () => {
    await using scene = await setScene(promotes("msg_mine"));
    const { holdfast, sessionId } = scene;
    const found: unknown[] = [];
    scene.act.now = async (sessions) => void found.push(await sessions.interrupt({ sessionId, clear: true }));
    await holdfast.sessions.prompt({ sessionId, id: "msg_mine", text: "old" });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "idle" });
    expect(found).toEqual([{ status: "nothing-running", withdrawn: ["msg_mine"], pending: [] }]);
    expect(dataOf(await scene.log(), "execution.started")).toEqual([]);
  });

  it.each(["steer", "queue"] as const)(
    "in a running execution (%s) and is withdrawn at that moment does not break it",
    async (delivery) => {
      const [begun, gate] = [createGate(), createGate()];
      const slow = defineTool({
        name: "slow",
        description: "Waits.",
        input: z.object({}),
        output: z.string(),
        execute: async () => {
          begun.open();
          await gate.opened;
          return "waited";
        },
      });
      await using scene = await setScene(promotes("msg_mine"), { tools: [slow], model: callingOnce("slow") });
      const { holdfast, sessionId, other } = scene;
      scene.act.now = async (sessions) => {
        const version = await versionOf(other, sessionId, "msg_mine");
        await sessions.withdrawInput({ sessionId, messageId: "msg_mine", version });
      };
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text: "Go" });
      await begun.opened;
      await holdfast.sessions.prompt({ sessionId, id: "msg_mine", text: "old", delivery });
      gate.open();
      expect(await holdfast.sessions.wait({ sessionId, after: cursor })).toMatchObject({ status: "completed" });
      const log = await scene.log();
      expect(dataOf(log, "input.withdrawn")).toHaveLength(1);
      expect(dataOf(log, "input.promoted")).toHaveLength(1);
      expect(dataOf(log, "execution.started")).toHaveLength(1);
      expect(dataOf(log, "execution.recovered")).toEqual([]);
      expect(await answersOf(holdfast, sessionId)).toEqual(["Done."]);
      await expectSound(scene.store, sessionId);
    },
  );

  it("and is replaced at that moment by another process is shown with its new content alone", async () => {
    await using scene = await setProcessScene("replace msg_mine");
    const { holdfast, sessionId } = scene;
    await holdfast.sessions.prompt({ sessionId, id: "msg_mine", text: "old" });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    expect(await answersOf(holdfast, sessionId)).toEqual(["Answer to from another process"]);
    await expectSound(scene.store, sessionId);
  });

  it("and is withdrawn at that moment by another process is not shown", async () => {
    await using scene = await setProcessScene("withdraw msg_mine");
    const { holdfast, sessionId } = scene;
    await holdfast.sessions.prompt({ sessionId, id: "msg_mine", text: "old" });
    await holdfast.sessions.prompt({ sessionId, text: "kept" });
    await expect.poll(() => answersOf(holdfast, sessionId)).toEqual(["Answer to kept"]);
    expect(await holdfast.sessions.receipt({ sessionId, id: "msg_mine" })).toMatchObject({ disposition: "withdrawn" });
    await expectSound(scene.store, sessionId);
  });
});

describe("a session whose execution is about to start", () => {
  it("and is moved at that moment starts it where it moved to", async () => {
    const places: string[] = [];
    const where = defineTool({
      name: "where",
      description: "Says where it runs.",
      input: z.object({}),
      output: z.string(),
      execute: async (_input, { location }) => {
        places.push(location.directory);
        return location.directory;
      },
    });
    await using target = await makeFolder();
    await using scene = await setScene(holds("execution.started"), { tools: [where], model: callingOnce("where") });
    const { sessionId } = scene;
    scene.act.now = async (sessions) => void (await sessions.move({ sessionId, location: { directory: target.path } }));
    expect(await scene.turn("Where?")).toMatchObject({ status: "completed" });
    expect(places).toEqual([target.path]);
    expect(dataOf(await scene.log(), "execution.started")).toHaveLength(1);
  });

  it("and is given another model at that moment asks that one", async () => {
    await using scene = await setScene(holds("execution.started"));
    const { sessionId } = scene;
    scene.act.now = async (sessions) => void (await sessions.update({ sessionId, model: { id: "other" } }));
    expect(await scene.turn("Hi")).toMatchObject({ status: "completed" });
    expect(dataOf(await scene.log(), "step.started")).toMatchObject([{ index: 1, model: { id: "other" } }]);
  });
});
