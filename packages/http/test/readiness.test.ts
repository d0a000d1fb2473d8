import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { HoldfastError } from "@holdfast/core";
import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { expect, it } from "vitest";

import { serve } from "@holdfast/http";

import { refusal, send, startServing } from "./serving.ts";

import type { Holdfast } from "@holdfast/core";

const routes = ["/v1/sessions", "/v1/sessions/ses_a/events", "/v1/models", "/ready"];

const open = async (path: string): Promise<Holdfast> =>
  createRuntime({ store: await openSqliteStore({ path }), model: () => null });

it("a server whose store could not be opened starts, and says on every route why, and what to do, but not where the file is", async () => {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-broken-"));
  try {
    const path = join(folder, "sessions.db");
    await writeFile(path, "this is no database, and never was ".repeat(100));
    const logged: unknown[] = [];
    const log = (_: string, data?: unknown): void => void logged.push(data);
    await using server = await serve({
      holdfast: open(path),
      logger: { debug: log, info: log, warn: log, error: log },
    });
    await expect.poll(async () => (await send(`${server.url}/ready`)).json.code).toBe("store.corrupt");
    for (const route of routes) {
      const answer = await send(server.url + route);
      expect(refusal(answer)).toEqual([503, "store.corrupt"]);
      expect(answer.json.detail).toMatch(/file/i);
      expect(answer.text).not.toContain(folder);
    }
    expect((await send(`${server.url}/health`)).status).toBe(200);
    expect(JSON.stringify(logged)).toContain(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it("a failed migration is told with its reason and its remedy, by the code of the store", async () => {
  const failed = new HoldfastError("store.migration-failed", {
    message:
      "Migration 0002 of /srv/holdfast/sessions.db failed, and the file is as it was: SQLITE_FULL. Free space for a copy of the file " +
      "beside it, then open it again.",
    data: { path: "/srv/holdfast/sessions.db", migration: "0002" },
  });
  await using server = await serve({ holdfast: Promise.reject(failed) });
  for (const route of routes) {
    const answer = await send(server.url + route);
    expect(refusal(answer)).toEqual([503, "store.migration-failed"]);
    expect(answer.json.detail).toContain("failed, and the file is as it was: SQLITE_FULL. Free space");
    expect(answer.text).not.toContain("/srv");
  }
});

it("what failed without a code of ours is told as not ready, with a reference, and not what it was", async () => {
  await using server = await serve({ holdfast: Promise.reject(new Error("password hunter2 is wrong")) });
  const answer = await send(`${server.url}/ready`);
  expect(refusal(answer)).toEqual([503, "http.not-ready"]);
  expect(answer.text).not.toContain("hunter2");
  expect(answer.json.reference).toMatch(/^[0-9a-f-]{36}$/);
});

it("while the store is being opened every route says to come again, and then they answer", async () => {
  await using serving = await startServing();
  const opening = Promise.withResolvers<Holdfast>();
  await using server = await serve({ holdfast: opening.promise });
  for (const route of routes) {
    const answer = await send(server.url + route);
    expect([...refusal(answer), answer.json.retryable]).toEqual([503, "http.not-ready", true]);
    expect(answer.headers.get("retry-after")).toBe("1");
  }
  opening.resolve(serving.holdfast);
  await expect.poll(async () => (await send(`${server.url}/ready`)).status).toBe(200);
  expect((await send(`${server.url}/v1/sessions`)).json).toEqual({ sessions: [] });
});
