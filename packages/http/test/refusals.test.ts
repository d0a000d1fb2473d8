import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

import { definePlugin } from "@holdfast/core/plugin";
import { defineTool } from "@holdfast/core/tool";
import { text, toolCall } from "@holdfast/testkit";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { serve } from "@holdfast/http";

import { refusal, send, sendRaw, startServing } from "./serving.ts";

describe("paths and bodies that are none", () => {
  it("are refused with 4xx, and lead nowhere", async () => {
    await using serving = await startServing();
    const { port } = serving;
    const paths = [
      "/../../etc/passwd",
      "/v1/../../../etc/passwd",
      "/v1/sessions/..%2f..%2fetc%2fpasswd",
      "/v1/sessions/%2e%2e/%2e%2e/etc/passwd",
      "/v1/sessions/ses_a%00",
      "/v1/sessions/%",
      "/v1/sessions/%ff%fe",
      "/v1//sessions",
      "//evil.example/v1/sessions",
      "/v1/sessions/ses_a/events/",
      "/v1/sessions/__proto__",
      "/v1/sessions/constructor/events",
      "/v1/sessions?__proto__=1",
      "/v1/sessions?limit=1&limit=2",
      "/v1/locations/files?directory=.&path=..",
      "/v1/sessions/ses_a/output?ref=../../etc/passwd",
    ];
    for (const path of paths) {
      const answer = await sendRaw(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect([path, /^HTTP\/1\.1 (\d)/.exec(answer)?.[1]]).toEqual([path, "4"]);
      expect(answer).not.toContain("root:");
    }
  });

  it("bodies that are no JSON object, or say what is not theirs to say, are refused by code", async () => {
    await using serving = await startServing();
    const id = await serving.session();
    const bodies = [
      "{",
      "[]",
      "null",
      '"text"',
      "1",
      "{} {}",
      '{"text":"a","sessionId":"ses_b"}',
      '{"text":"a","__proto__":{}}',
      '{"text":"\\ud800"}',
      `{"text":"a","metadata":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
      `{"text":"a","metadata":{"a":${'{"a":'.repeat(5_000)}1${"}".repeat(5_000)}}}`,
    ];
    for (const body of bodies) {
      const answer = await serving.request("POST", `/v1/sessions/${id}/inputs`, { body });
      expect([body.slice(0, 40), ...refusal(answer)]).toEqual([body.slice(0, 40), 400, "argument.invalid"]);
    }
    expect(await serving.holdfast.sessions.inputs({ sessionId: id })).toEqual([]);
  });

  it("methods that a path does not know are refused with those that it does", async () => {
    await using serving = await startServing();
    for (const [method, path] of [
      ["PUT", "/v1/sessions"],
      ["HEAD", "/v1/models"],
      ["OPTIONS", "/v1/sessions"],
      ["TRACE", "/v1/models"],
    ] as const) {
      const answer = await sendRaw(
        serving.port,
        `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect([method, /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]]).toEqual([method, "405"]);
    }
    const { json } = await serving.request("DELETE", "/v1/sessions");
    expect(json).toMatchObject({ data: { allowed: ["GET", "POST"] } });
  });
});

describe("what an answer tells", () => {
  it("of failures on the server, a title and a reference that its log knows, and nothing of the machine", async () => {
    const folder = await mkdtemp(join(tmpdir(), "holdfast-secret-"));
    try {
      await using serving = await startServing();
      const id = await serving.session();
      const secret = new Error(`ENOENT: ${folder}/key of ${userInfo().username}`);
      const broken = new Proxy(serving.holdfast, {
        get: (target, key) => {
          if (key !== "sessions") return Reflect.get(target, key) as unknown;
          return new Proxy(target.sessions, {
            get: () => () => {
              throw secret;
            },
          });
        },
      });
      const logged: unknown[] = [];
      const error = (_: string, data?: unknown): void => void logged.push(data);
      await using server = await serve({ holdfast: broken, logger: { debug: error, info: error, warn: error, error } });
      for (const path of [`/v1/sessions/${id}`, `/v1/sessions/${id}/messages`, `/v1/sessions/${id}/export`]) {
        const { status, json, text } = await send(`${server.url}${path}`);
        expect([status, json.code, json.title]).toEqual([
          500,
          "http.internal",
          "The server failed in a way that it does not tell",
        ]);
        expect(text).not.toContain(folder);
        expect(text).not.toMatch(/ENOENT|node_modules|\.ts:|\bat /);
        expect(JSON.stringify(logged.at(-1))).toContain(json.reference);
        expect(JSON.stringify(logged.at(-1))).toContain("ENOENT");
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("of an error in a stream that has begun, the problem as its last frame", async () => {
    await using serving = await startServing();
    const id = await serving.session();
    const headers = { accept: "text/event-stream" };
    const { status, text } = await serving.request("GET", `/v1/sessions/${id}/events?after=nonsense`, { headers });
    expect(status).toBe(200);
    expect(text).toMatch(/event: error\ndata: \{.*"code":"cursor.malformed".*\}\n\n$/);
  });

  it("of an answer that is stale, is for something else, or is another session's, the conflict or the absence, and nothing is done", async () => {
    const tool = defineTool({
      name: "press",
      description: "Presses the button.",
      input: z.object({}),
      output: z.string(),
      execute: async () => "pressed",
    });
    const plugins = [definePlugin({ name: "buttons", setup: ({ tools }) => void tools.register(tool) })];
    const script = [[toolCall("press", {})], [text("Well.")]];
    await using serving = await startServing({}, { rules: [], plugins, script });
    const [id, other] = [await serving.session(), await serving.session()];
    await serving.holdfast.sessions.prompt({ sessionId: id, text: "Go" });
    await serving.holdfast.sessions.wait({ sessionId: id });
    const [ask] = (await serving.request("GET", `/v1/asks?sessionId=${id}`)).json.asks;
    const answer = async (sessionId: string, body: object): Promise<unknown> => {
      const reply = { answer: { kind: "permission", reply: "deny" }, identity: ask.identity, ...body };
      return refusal(
        await serving.request("POST", `/v1/sessions/${sessionId}/asks/${ask.askId}/answer`, { body: reply }),
      );
    };
    expect(await answer(other, {})).toEqual([404, "ask.not-found"]);
    expect(await answer(id, { identity: "0".repeat(64) })).toEqual([409, "ask.changed"]);
    expect(await answer(id, { answer: { kind: "budget", reply: "stop" } })).toEqual([409, "ask.mismatch"]);
    expect((await serving.request("GET", `/v1/sessions/${id}/asks/${ask.askId}`)).json.state).toBe("open");
    expect(await answer(id, {})).toEqual([200, undefined]);
    expect(await answer(id, { answer: { kind: "permission", reply: "once" } })).toEqual([409, "ask.closed"]);
  });
});
