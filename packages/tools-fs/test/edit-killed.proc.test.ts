import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openSqliteStore } from "@holdfast/store-sqlite";
import { expect, it } from "vitest";

import { Stage } from "./harness.ts";

import type { SessionId } from "@holdfast/core";
import type { DurableEvent, EventType } from "@holdfast/core/event";

/** Runs the host to its end, and resolves with what ended it. */
const runHost = async (stage: Stage, store: string, killAt: string): Promise<NodeJS.Signals | number | null> => {
  const host = join(import.meta.dirname, "child", "edit-host.ts");
  const child = spawn(process.execPath, [host, stage.directory, store, killAt], {
    env: { NODE_COMPILE_CACHE: join(tmpdir(), "holdfast-tools-fs-compiled"), ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const late = setTimeout(() => child.kill("SIGKILL"), 20_000);
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  clearTimeout(late);
  return signal ?? code;
};

const dataOf = <TType extends EventType>(log: readonly DurableEvent[], type: TType) =>
  log.filter((event): event is DurableEvent<TType> & DurableEvent => event.type === type).map(({ data }) => data);

it.each([
  { killed: "before", verdict: "repeat", begun: 2 },
  { killed: "after", verdict: "happened", begun: 1 },
] as const)("edit killed $killed its rename settles itself by probe", async ({ killed, verdict, begun }) => {
  using stage = new Stage();
  // Outside of what the tool edits.
  using place = new Stage();
  const file = place.join("sessions.db");
  stage.write("a.txt", "one\n");
  expect(await runHost(stage, file, killed)).toBe("SIGKILL");
  expect(readFileSync(stage.join("a.txt"), "utf8")).toBe(killed === "before" ? "one\n" : "one and one\n");

  expect(await runHost(stage, file, "never")).toBe(0);
  expect(readFileSync(stage.join("a.txt"), "utf8")).toBe("one and one\n");
  expect(readdirSync(stage.directory)).toEqual(["a.txt"]);
  await using store = await openSqliteStore({ path: file });
  const log = (await store.events({
    sessionId: "ses_edit" as SessionId,
    after: -1,
    limit: 500,
  })) as readonly DurableEvent[];
  expect(dataOf(log, "execution.recovered")).toMatchObject([{ calls: [{ name: "edit", state: "begun", verdict }] }]);
  expect(dataOf(log, "tool.begun")).toHaveLength(begun);
  expect(dataOf(log, "tool.settled")).toMatchObject([
    { outcome: { status: "completed", structured: { replacements: 1 } } },
  ]);
  expect(dataOf(log, "execution.ended")).toMatchObject([{ outcome: "completed" }]);
});
