import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect, it } from "vitest";

import { makeFolder } from "./stage.ts";

it("a runtime that was disposed of in the middle of everything leaves no timer, handle or listener, and its process ends by itself", async () => {
  await using folder = await makeFolder();
  const script = join(import.meta.dirname, "fixtures", "whole-life.ts");
  const child = spawn(process.execPath, [script, join(folder.path, "sessions.db"), folder.path], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
    // Ends the test where the process would not.
    timeout: 15_000,
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (said += piece));
  const [code]: readonly unknown[] = await once(child, "close");
  expect(code).toBe(0);
  const { before, after, signals, status, followers } = JSON.parse(said) as { readonly [key: string]: unknown };
  expect(after).toEqual(before);
  expect({ signals, status, followers }).toEqual({ signals: 0, status: "completed", followers: 10 });
});
