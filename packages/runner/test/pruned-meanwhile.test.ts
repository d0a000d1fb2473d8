import { pruneSessions } from "@holdfast/core/store";
import { sha256, text } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { withDetours } from "./faulty-store.ts";
import { prune } from "./pruning.ts";
import { collect, openRuntime, setStage, shared } from "./stage.ts";

import type { Store } from "@holdfast/core/store";

const model = () => [text("Done.")];
const long = "x".repeat(300_000);

/** Does something once, at the first call of a method. */
const meanwhile = (
  store: Store,
  method: "import" | "history" | "blob" | "floor",
  act: () => Promise<unknown>,
): Store => {
  let isDone = false;
  const call = store[method].bind(store) as (argument: unknown) => Promise<unknown>;
  const detour = async (argument: unknown): Promise<unknown> => {
    if (!isDone) {
      isDone = true;
      await act();
    }
    return call(argument);
  };
  return withDetours(store, { [method]: detour });
};

it("a fork of what is pruned after it was read is refused as one of what was pruned", async () => {
  await using stage = await setStage({ model });
  const { sessionId, store } = stage;
  await stage.turn(long);
  await using other = await openRuntime(shared(meanwhile(store, "import", () => prune(store, sessionId))));
  await expect(other.sessions.fork({ sessionId })).rejects.toMatchObject({
    code: "argument.invalid",
    message: expect.stringContaining("pruned"),
  });
});

it("a fork whose beginning was pruned cannot be told from another session, and says so", async () => {
  await using stage = await setStage({ model });
  const { sessionId, store, holdfast } = stage;
  await stage.turn("One");
  const fork = { sessionId, id: "ses_fork" };
  const made = await holdfast.sessions.fork(fork);
  expect(await holdfast.sessions.fork(fork)).toEqual(made);
  await prune(store, made.id);
  await expect(holdfast.sessions.fork(fork)).rejects.toMatchObject({
    code: "argument.invalid",
    message: expect.stringContaining("beginning was pruned"),
  });
});

it.each(["history", "blob"] as const)("an export of what is pruned at its first %s says so", async (method) => {
  await using stage = await setStage({ model });
  const { sessionId, store } = stage;
  await stage.turn("One");
  await prune(store, sessionId);
  if (method === "blob") await stage.turn(long);
  const act = async () => {
    await stage.turn("Two");
    await prune(store, sessionId);
  };
  await using other = await openRuntime(shared(meanwhile(store, method, act)));
  await expect(collect(other.sessions.export({ sessionId }))).rejects.toMatchObject({
    code: "store.sequence-conflict",
    message: expect.stringContaining("pruned"),
  });
});

it("two that prune at once leave no session damaged", async () => {
  await using stage = await setStage({ model });
  const { store } = stage;
  for (const each of ["a", "b", "c"]) await stage.turn(each + long);
  const policy = { keepEvents: 0 };
  const racing = meanwhile(store, "blob", () => pruneSessions(store, policy, sha256));
  expect(await pruneSessions(racing, policy, sha256)).toMatchObject({ pruned: 0, damaged: [] });
});

it("a page of large messages ends before its limit, and says where to go on", async () => {
  await using stage = await setStage({ model });
  const { sessionId, store, holdfast } = stage;
  const huge = "y".repeat(4 * 1024 * 1024);
  const files = [1, 2].map((name) => ({ mediaType: "text/plain", name: `${name}`, data: huge }));
  for (let turn = 0; turn < 6; turn++) {
    const { cursor } = await holdfast.sessions.prompt({ sessionId, text: `${turn}`, files });
    await holdfast.sessions.wait({ sessionId, after: cursor });
  }
  const read = async (): Promise<readonly (readonly string[])[]> => {
    const pages: (readonly string[])[] = [];
    for (let afterSeq: number | undefined = -1; afterSeq !== undefined;) {
      const page: Awaited<ReturnType<typeof holdfast.sessions.messages>> = await holdfast.sessions.messages({
        sessionId,
        afterSeq,
        limit: 100,
      });
      pages.push(page.messages.map(({ messageId }) => messageId));
      afterSeq = page.nextAfterSeq;
    }
    return pages;
  };
  const pages = await read();
  expect(pages.length).toBeGreaterThan(1);
  expect(pages.flat()).toHaveLength(12);
  await prune(store, sessionId);
  expect((await read()).flat()).toEqual(pages.flat());
});

it("a cursor from another log's copy of a place says where to read again, where there is a floor", async () => {
  await using stage = await setStage({ model });
  const { sessionId, store, holdfast } = stage;
  await stage.turn("One");
  const floor = await prune(store, sessionId);
  await stage.turn("Two");
  const { cursor } = await holdfast.sessions.wait({ sessionId });
  const head = await store.head(sessionId);
  const other = cursor.replace(head?.hash.slice(0, 8) ?? "", "0".repeat(8));
  expect(other).not.toBe(cursor);
  const gone = collect(holdfast.sessions.events({ sessionId, after: other, until: "sync" }));
  await expect(gone).rejects.toMatchObject({
    code: "cursor.gone",
    data: { floorSeq: floor.seq, restart: expect.anything() },
  });
});
