import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { verifySession } from "@holdfast/core/store";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { scriptedModel, sha256, text } from "@holdfast/testkit";
import { expect, it } from "vitest";

import { asksForSummary, summaryStep } from "./compacting.ts";
import { dataOf, logOf, makeFolder, openRuntime } from "./stage.ts";

/** Resolves when the process is gone; it ends by itself, by its fault point. */
const runKilled = async (args: readonly string[]): Promise<void> => {
  const script = join(import.meta.dirname, "fixtures", "compacting.ts");
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "inherit"],
    // Ends the test where the process would not.
    timeout: 30_000,
    killSignal: "SIGTERM",
  });
  const [, signal]: readonly unknown[] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
};

const moments = ["compaction.started", "the first words of the summary", "compaction.ended"].flatMap((point) =>
  ["requested", "threshold", "overflow"].map((how) => ({ point, how })),
);

it.each(moments)(
  "a process that is killed right after $point leaves a session that goes on as if it had not been ($how)",
  async ({ point, how }) => {
    await using folder = await makeFolder();
    const path = join(folder.path, "sessions.db");
    let sessionId: string;
    {
      await using before = await openRuntime(await openSqliteStore({ path }), { model: () => [text("Yes.")] });
      ({ id: sessionId } = await before.sessions.create({ location: { directory: folder.path } }));
      for (let turn = 1; turn <= 4; turn++) {
        const { cursor } = await before.sessions.prompt({ sessionId, text: `Turn ${turn}: ${"word ".repeat(6_000)}` });
        await before.sessions.wait({ sessionId, after: cursor });
      }
    }
    await runKilled([path, sessionId, point, how]);
    const model = scriptedModel((prompt) => (asksForSummary(prompt) ? summaryStep(prompt) : [text("Yes.")]));
    const store = await openSqliteStore({ path });
    const contextTokens = how === "overflow" ? 200_000 : 32_768;
    await using holdfast = await openRuntime(store, { contextTokens, model, recovery: "park" });
    expect(await holdfast.sessions.resume({ sessionId })).toMatchObject({ status: "started" });
    expect(await holdfast.sessions.wait({ sessionId })).toMatchObject({ status: "completed" });
    const log = await logOf(holdfast, sessionId);
    // What was cut is charged by its estimate, in sight, and nothing is charged twice.
    const wasCut = point !== "compaction.ended";
    const cut = dataOf(log, "compaction.failed");
    expect(cut).toHaveLength(wasCut ? 1 : 0);
    for (const { failure, estimated, usage, settles, streak } of cut) {
      expect({ failure, estimated, settles, streak }).toMatchObject({
        failure: { class: "aborted" },
        estimated: true,
        settles: [],
        streak: 0,
      });
      expect(usage.input).toBe(dataOf(log, "compaction.started")[0]?.estimate.input);
    }
    expect(dataOf(log, "compaction.ended")).toHaveLength(1);
    expect(dataOf(log, "compaction.started")).toHaveLength(wasCut ? 2 : 1);
    const calls = Number(wasCut) + Number(how !== "requested");
    expect(model.calls).toBe(calls);
    if (how === "requested")
      expect(await holdfast.sessions.receipt({ sessionId, id: "msg_compact" })).toMatchObject({
        disposition: "settled",
      });
    else expect((await holdfast.sessions.messages({ sessionId })).messages).toHaveLength(10);
    const { messages } = await holdfast.sessions.context({ sessionId });
    expect(JSON.stringify(messages[0])).toContain("Notes, version 1");
    expect(await verifySession(store, sessionId as never, sha256)).toMatchObject({ chain: [], projections: [] });
  },
  60_000,
);
