import { genesisHash, sealEnvelope } from "@holdfast/core/event";
import { readLog } from "@holdfast/core/store";
import { defineTool } from "@holdfast/core/tool";
import { sha256, text, toolCall, toolResultsOfTurn } from "@holdfast/testkit";
import { expect, it } from "vitest";
import * as z from "zod";

import { prune } from "./pruning.ts";
import { collect, dataOf, setStage } from "./stage.ts";

import type { SessionId } from "@holdfast/core";
import type { SealedEnvelope } from "@holdfast/core/event";
import type { Script } from "@holdfast/testkit";

const look = defineTool({
  name: "look",
  description: "Looks.",
  input: z.object({}),
  output: z.string(),
  execute: () => "a secret line\n".repeat(10_000),
});
const script: Script = (prompt) => (toolResultsOfTurn(prompt).length === 0 ? [toolCall("look", {})] : [text("Done.")]);

/** The log of a session under another ID and with other messages, as somebody would make it up who knows a reference. */
const forge = (log: readonly SealedEnvelope[], sessionId: SessionId): readonly SealedEnvelope[] => {
  let prevHash = genesisHash;
  return log.map(({ hash: _sealed, ...envelope }) => {
    const data = JSON.parse(JSON.stringify(envelope.data).replaceAll(/"(msg|exe|stp)_/g, '"$1_forged'));
    const id = `${envelope.id}x` as typeof envelope.id;
    const { sealed } = sealEnvelope({ ...envelope, id, sessionId, prevHash, data }, sha256);
    prevHash = sealed.hash;
    return sealed;
  });
};

it("a session reads and gives away no output of another one, whatever its log says; pruned or not", async () => {
  await using stage = await setStage({ tools: [look], model: script });
  const { store, sessionId, holdfast } = stage;
  await stage.turn("Look");
  const [ref = ""] = dataOf(await stage.log(), "tool.settled").map(({ outcome }) => outcome.output);
  const thief = "ses_thief" as SessionId;
  const events = forge(await collect(readLog(store, sessionId, -1)), thief);
  await store.import({ sessionId: thief, events, as: "native" });
  const fork = await holdfast.sessions.fork({ sessionId });
  const giving = async (id: string) =>
    (await collect(holdfast.sessions.export({ sessionId: id }))).filter((line) => line.includes('"kind":"output"'))
      .length;
  const check = async () => {
    await expect(holdfast.outputs.read({ sessionId: thief, ref })).rejects.toMatchObject({ code: "output.not-found" });
    expect(await giving(thief)).toBe(0);
    for (const id of [sessionId, fork.id]) {
      expect(await holdfast.outputs.read({ sessionId: id, ref })).toMatchObject({ offset: 0 });
      expect(await giving(id)).toBe(1);
    }
  };
  await check();
  await prune(store, thief);
  await check();
  await prune(store, fork.id);
  await check();
  await prune(store, sessionId);
  await check();
});
