import { describe, expect, it } from "vitest";

import { HoldfastError as ErrorOfCore } from "@holdfast/core";

import { createClient } from "../src/create-client.ts";
import { HoldfastError } from "../src/index.ts";
import { quickPorts } from "./quick-ports.ts";
import { bare, html, json, problem, reset, scriptedServer, silence } from "./scripted-server.ts";

import type { Client } from "../src/client.ts";

const sessionId = "ses_a";

const closing = (seconds: string) =>
  problem(503, "http.closing", { retryable: true, headers: { "retry-after": seconds } });
const timeout = (cursor: string) => json({ status: "timeout", cursor });

/** The error of a promise. */
const errorOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => error,
  );

describe("requests", () => {
  it("each argument goes where its route wants it, with the token and the caller's headers", async () => {
    await using server = await scriptedServer(json({}));
    const { sessions } = createClient({ baseUrl: `${server.url}/base/`, token: "secret", headers: { "x-mine": "1" } });
    await sessions.prompt({ sessionId, text: "Hi", idempotencyKey: "ключ", id: undefined });
    await sessions.withdrawInput({ sessionId, messageId: "msg_a b/c", version: 3 });
    await sessions.messages({ sessionId, afterSeq: 4, limit: undefined });
    const [prompt, withdrawal, messages] = server.heard;
    expect(prompt).toMatchObject({ method: "POST", path: "/base/v1/sessions/ses_a/inputs" });
    expect(prompt?.headers).toMatchObject({ authorization: "Bearer secret", "x-mine": "1" });
    expect(JSON.parse(prompt?.body ?? "")).toEqual({ text: "Hi", idempotencyKey: "ключ" });
    expect(withdrawal).toMatchObject({ path: "/base/v1/sessions/ses_a/inputs/msg_a%20b%2Fc", query: { version: "3" } });
    expect(messages?.query).toEqual({ afterSeq: "4" });
  });

  it.each(["", ".", "..", undefined, 7])(
    "an ID that would lead to another route is refused, and nothing is sent: %s",
    async (id) => {
      await using server = await scriptedServer(json({}));
      const { sessions } = createClient({ baseUrl: server.url });
      expect(await errorOf(sessions.resume({ sessionId: id as string }))).toMatchObject({ code: "argument.invalid" });
      expect(server.heard).toEqual([]);
    },
  );

  it.each(["", "127.0.0.1:4530", "ftp://a", "http://a?b"])(
    "a baseUrl that is no URL of HTTP is refused: %s",
    (baseUrl) => {
      expect(() => createClient({ baseUrl })).toThrow(expect.objectContaining({ code: "argument.invalid" }));
    },
  );
});

describe("errors", () => {
  it("come back with code, data, status and retryability, recognised by brand, whatever copy of core looks at them", async () => {
    const data = { version: 4 };
    await using server = await scriptedServer(problem(409, "input.version-conflict", { detail: "It changed.", data }));
    const { sessions } = createClient({ baseUrl: server.url });
    const error = await errorOf(sessions.update({ sessionId, title: "T" }));
    expect(error).toMatchObject({ code: "input.version-conflict", message: "It changed.", data, status: 409 });
    expect(HoldfastError.isInstance(error, "input.version-conflict")).toBe(true);
    expect(ErrorOfCore.isInstance(error)).toBe(true);
  });

  it("of a newer server keep what it says of them, and a reference to its log is in the data", async () => {
    const newer = { detail: "New.", retryable: true, reference: "r1" };
    await using server = await scriptedServer(problem(418, "teapot.hot", newer));
    const error = await errorOf(createClient({ baseUrl: server.url }).sessions.resume({ sessionId }));
    expect(error).toMatchObject({ code: "teapot.hot", status: 418, retryable: true, data: { reference: "r1" } });
    expect(HoldfastError.isInstance(error)).toBe(true);
  });

  it("what no server of Holdfast would say is http.bad-answer, with its status", async () => {
    await using server = await scriptedServer(bare(404), html, json({ sessions: [] }));
    const { sessions } = createClient({ baseUrl: server.url });
    expect(await errorOf(sessions.list())).toMatchObject({ code: "http.bad-answer", data: { status: 404 } });
    expect(await errorOf(sessions.list())).toMatchObject({ code: "http.bad-answer", data: { status: 200 } });
    expect(await sessions.list()).toEqual({ sessions: [] });
  });

  it("nothing that is not there is null, and only that", async () => {
    await using server = await scriptedServer(
      problem(404, "session.not-found"),
      problem(404, "input.not-found"),
      problem(404, "ask.not-found"),
      problem(404, "session.not-found"),
    );
    const { sessions, asks } = createClient({ baseUrl: server.url });
    expect(await sessions.get({ sessionId })).toBeNull();
    expect(await sessions.receipt({ sessionId, id: "msg_a" })).toBeNull();
    expect(await asks.get({ sessionId, askId: "ask_a" })).toBeNull();
    expect(await errorOf(sessions.receipt({ sessionId, id: "msg_a" }))).toMatchObject({ code: "session.not-found" });
  });
});

describe("repetition", () => {
  const safe: readonly (readonly [string, (client: Client) => Promise<unknown>])[] = [
    ["a read", ({ sessions }) => sessions.list()],
    ["a prompt with an ID", ({ sessions }) => sessions.prompt({ sessionId, text: "Hi", id: "msg_a" })],
    ["a prompt with a key", ({ sessions }) => sessions.prompt({ sessionId, text: "Hi", idempotencyKey: "k" })],
    ["a creation with an ID", ({ sessions }) => sessions.create({ id: sessionId, location: { directory: "/" } })],
    ["a deletion", ({ sessions }) => sessions.delete({ sessionId })],
  ];
  const unsafe: readonly (readonly [string, (client: Client) => Promise<unknown>])[] = [
    ["a prompt without an identity", ({ sessions }) => sessions.prompt({ sessionId, text: "Hi" })],
    ["a creation without an ID", ({ sessions }) => sessions.create({ location: { directory: "/" } })],
    ["an interruption", ({ sessions }) => sessions.interrupt({ sessionId })],
    ["a resume", ({ sessions }) => sessions.resume({ sessionId })],
    ["an update", ({ sessions }) => sessions.update({ sessionId, title: "T" })],
  ];

  it.each(safe)(
    "%s whose answer was lost is made again, with pauses that grow, until it is answered",
    async (_name, call) => {
      await using server = await scriptedServer(reset, bare(502), bare(503), json({ sessions: [] }));
      const ports = quickPorts();
      await call(createClient({ baseUrl: server.url }, ports));
      expect(server.heard).toHaveLength(4);
      expect(new Set(server.heard.map(({ method, path, body }) => `${method} ${path} ${body}`)).size).toBe(1);
      expect(ports.slept).toEqual([250, 500, 999]);
    },
  );

  it.each(unsafe)("%s is sent once, and it is told that nobody knows what became of it", async (_name, call) => {
    await using server = await scriptedServer(reset, json({}));
    expect(await errorOf(call(createClient({ baseUrl: server.url }, quickPorts())))).toMatchObject({
      code: "http.unreachable",
      retryable: true,
    });
    expect(server.heard).toHaveLength(1);
  });

  it("a server that stays away is given up after 5 requests", async () => {
    await using server = await scriptedServer(reset);
    const ports = quickPorts();
    const { sessions } = createClient({ baseUrl: server.url }, ports);
    expect(await errorOf(sessions.list())).toMatchObject({ code: "http.unreachable" });
    expect(server.heard).toHaveLength(5);
    expect(ports.slept).toHaveLength(4);
  });

  it("Retry-After is honoured, and one of more than 30 s is passed on", async () => {
    await using server = await scriptedServer(closing("7"), json({ sessions: [] }), closing("31"));
    const ports = quickPorts();
    const { sessions } = createClient({ baseUrl: server.url }, ports);
    await sessions.list();
    expect(ports.slept).toEqual([7_250]);
    expect(await errorOf(sessions.list())).toMatchObject({ code: "http.closing" });
    expect(server.heard).toHaveLength(3);
  });

  it("what the facade itself refuses is passed on at once, also where it may succeed later", async () => {
    await using server = await scriptedServer(
      problem(409, "session.busy", { retryable: true }),
      problem(503, "store.migration-failed", { detail: "Migration 3 failed: restore the copy." }),
    );
    const { sessions } = createClient({ baseUrl: server.url }, quickPorts());
    expect(await errorOf(sessions.delete({ sessionId }))).toMatchObject({ code: "session.busy", retryable: true });
    expect(await errorOf(sessions.list())).toMatchObject({ code: "store.migration-failed", status: 503 });
    expect(server.heard).toHaveLength(2);
  });

  it("a deletion that finds its own work done is told as that; one that comes late is not", async () => {
    const deleted = problem(410, "session.deleted");
    await using server = await scriptedServer(reset, deleted, json({ status: "deleted", cursor: "c9" }), deleted);
    const { sessions } = createClient({ baseUrl: server.url }, quickPorts());
    expect(await sessions.delete({ sessionId })).toEqual({ cursor: "c9" });
    expect(await errorOf(sessions.delete({ sessionId }))).toMatchObject({ code: "session.deleted" });
  });
});

describe("ends", () => {
  it("a signal ends a call at once, with its reason untouched, before and while it is made", async () => {
    await using server = await scriptedServer(silence);
    const client = createClient({ baseUrl: server.url });
    const reason = { mine: true };
    const before = AbortSignal.abort(reason);
    expect(await errorOf(client.sessions.list({}, { signal: before }))).toBe(reason);
    expect(await errorOf(client.sessions.active({ signal: before }))).toBe(reason);
    expect(server.heard).toEqual([]);
    const during = new AbortController();
    const waiting = errorOf(client.sessions.wait({ sessionId, signal: during.signal }));
    await expect.poll(() => server.heard.length).toBe(1);
    during.abort(reason);
    expect(await waiting).toBe(reason);
    await expect.poll(() => server.open()).toBe(0);
  });

  it("a signal ends a pause between two requests, too", async () => {
    await using server = await scriptedServer(bare(503, { "retry-after": "20" }));
    const controller = new AbortController();
    const { sessions } = createClient({ baseUrl: server.url, signal: controller.signal });
    const listing = errorOf(sessions.list());
    await expect.poll(() => server.heard.length).toBe(1);
    controller.abort("enough");
    expect(await listing).toBe("enough");
  });

  it("disposal ends what is open and every later call as runtime.disposed", async () => {
    await using server = await scriptedServer(silence);
    const client = createClient({ baseUrl: server.url });
    const open = errorOf(client.sessions.resume({ sessionId }));
    await expect.poll(() => server.heard.length).toBe(1);
    await client[Symbol.asyncDispose]();
    await client[Symbol.asyncDispose]();
    expect(await open).toMatchObject({ code: "runtime.disposed" });
    expect(await errorOf(client.locations.list())).toMatchObject({ code: "runtime.disposed" });
  });
});

describe("waiting", () => {
  it("goes on from where each poll came to its time limit, until the session rests", async () => {
    await using server = await scriptedServer(
      timeout("c1"),
      timeout("c2"),
      json({ status: "completed", cursor: "c3" }),
    );
    const { sessions } = createClient({ baseUrl: server.url });
    expect(await sessions.wait({ sessionId, after: "c0" })).toEqual({ status: "completed", cursor: "c3" });
    expect(server.heard.map(({ query }) => query)).toEqual([
      { after: "c0", timeoutMs: "25000" },
      { after: "c1", timeoutMs: "25000" },
      { after: "c2", timeoutMs: "25000" },
    ]);
  });

  it("ends when its own time is over, of which each poll is given what is left", async () => {
    const poll = json({ status: "timeout", cursor: "c1" });
    await using server = await scriptedServer(poll);
    let now = 0;
    const monotonic = () => (now += 10_000);
    const { sessions } = createClient({ baseUrl: server.url }, { ...quickPorts(), monotonic });
    expect(await sessions.wait({ sessionId, timeoutMs: 40_000 })).toMatchObject({ status: "timeout" });
    expect(server.heard.map(({ query }) => query["timeoutMs"])).toEqual(["25000", "10000"]);
    expect(await sessions.wait({ sessionId, timeoutMs: 30 })).toMatchObject({ status: "timeout" });
    expect(server.heard.at(-1)?.query["timeoutMs"]).toBe("30");
  });
});
