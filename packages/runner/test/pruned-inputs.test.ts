import { openSqliteStore } from "@holdfast/store-sqlite";
import { createMemoryStore, lastUserText, text } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";

import { allMessages, prune } from "./pruning.ts";
import { setStage } from "./stage.ts";

import type { Script } from "@holdfast/testkit";

const echo: Script = (prompt) => [text(`You said: ${lastUserText(prompt)}`)];

const stores = [
  ["memory", async () => createMemoryStore()],
  ["SQLite", () => openSqliteStore({ path: ":memory:" })],
] as const;

describe.each(stores)("a session that was pruned, in %s", (_name, openStore) => {
  it("knows what became of inputs that were replaced and withdrawn before, and shows what was said last", async () => {
    await using stage = await setStage({ store: await openStore(), model: echo });
    const { holdfast, sessionId, store } = stage;
    const { sessions } = holdfast;
    const kept = { sessionId, id: "msg_kept", text: "first words", resume: false };
    const dropped = { sessionId, id: "msg_dropped", text: "nothing", resume: false };
    await sessions.prompt(kept);
    await sessions.prompt(dropped);
    for (const { messageId, version } of await sessions.inputs({ sessionId })) {
      const seen = { sessionId, messageId, version };
      await (messageId === "msg_kept"
        ? sessions.replaceInput({ ...seen, text: "last words" })
        : sessions.withdrawInput(seen));
    }
    await sessions.resume({ sessionId });
    await sessions.wait({ sessionId });
    const before = await allMessages(holdfast, sessionId);
    await prune(store, sessionId);
    expect(await allMessages(holdfast, sessionId)).toEqual(before);
    expect(before[0]).toMatchObject({ messageId: "msg_kept", text: "last words" });
    expect(await sessions.prompt(kept)).toMatchObject({ replayed: true, disposition: "promoted" });
    expect(await sessions.prompt(dropped)).toMatchObject({ replayed: true, disposition: "withdrawn" });
    const late = sessions.withdrawInput({ sessionId, messageId: "msg_dropped", version: 2 });
    const refusal: unknown = await late.catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "input.not-pending", data: { disposition: "withdrawn" } });
  });
});
