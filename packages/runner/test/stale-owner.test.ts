import { silentLogger } from "@holdfast/core";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { lastUserText, text, wait } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { expectSound } from "./expect-sound.ts";
import { makeFolder, openRuntime, setStage, untilEvent } from "./stage.ts";

import type { OwnerId } from "@holdfast/core";

const never = new Promise<never>(() => {});

it("a former owner says once that it lost a session, and takes prompts of others", async () => {
  await using folder = await makeFolder();
  const path = `${folder.path}/sessions.db`;
  const store = await openSqliteStore({ path });
  const warnings: string[] = [];
  await using owner = await setStage({
    store,
    logger: { ...silentLogger, warn: (message, data) => void warnings.push(`${message} ${JSON.stringify(data)}`) },
    model: (prompt) => (lastUserText(prompt) === "Hi" ? [wait(never)] : [text("Here.")]),
  });
  const { holdfast, sessionId } = owner;
  await holdfast.sessions.prompt({ sessionId, text: "Hi" });
  await untilEvent(holdfast, sessionId, "attempt.started");
  const { claim } = (await store.snapshot(sessionId)) ?? {};
  await store.retire(claim?.owner as OwnerId);
  await using other = await openRuntime(await openSqliteStore({ path }), { model: [[text("Done.")]] });
  await other.sessions.resume({ sessionId });
  expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
  await expect
    .poll(() => warnings.filter((warning) => warning.includes(sessionId)))
    .toEqual([expect.stringContaining("the work on it stops here")]);
  const { id: next } = await holdfast.sessions.create({ location: { directory: owner.directory } });
  await holdfast.sessions.prompt({ sessionId: next, text: "And you?" });
  expect(await holdfast.sessions.wait({ sessionId: next })).toMatchObject({ status: "completed" });
  await expectSound(store, sessionId);
});
