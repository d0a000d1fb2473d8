import { request as nodeRequest } from "node:http";
import { hostname } from "node:os";

import { HoldfastError } from "@holdfast/core";
import { describe, expect, it } from "vitest";

import { serve } from "@holdfast/http";

import { refusal, send, sendRaw, startServing } from "./serving.ts";

const token = "a-token-that-nobody-guesses";

/** A request with a Host of one's own, which fetch does not let through. */
const withHost = (port: number, host: string, path = "/v1/sessions"): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = nodeRequest({ port, host: "127.0.0.1", path, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on("error", reject);
    sent.end();
  });

describe("a server", () => {
  it("listens on loopback alone unless told otherwise, and elsewhere only with a token", async () => {
    await using serving = await startServing();
    expect(serving.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const name of ["0.0.0.0", "::", hostname(), "192.0.2.1"]) {
      const refused = await serve({ holdfast: serving.holdfast, hostname: name }).catch((error: unknown) => error);
      expect(HoldfastError.isInstance(refused, "http.token-required")).toBe(true);
    }
    await using open = await serve({ holdfast: serving.holdfast, hostname: "0.0.0.0", token });
    expect(await send(`http://127.0.0.1:${open.port}/v1/sessions`)).toMatchObject({ status: 401 });
  });

  it("that cannot listen says so by code", async () => {
    await using serving = await startServing();
    const refused = await serve({ holdfast: serving.holdfast, port: serving.port }).catch((error: unknown) => error);
    expect(HoldfastError.isInstance(refused, "http.cannot-listen")).toBe(true);
  });

  it("refuses options that do not fit, naming them", async () => {
    await using serving = await startServing();
    const { holdfast } = serving;
    for (const options of [
      { token: "" },
      { token: "two words" },
      { origins: ["nowhere"] },
      { limits: { streams: 0 } },
      { port: -1 },
    ]) {
      const refused = await serve({ holdfast, ...options }).catch((error: unknown) => error);
      expect(HoldfastError.isInstance(refused, "argument.invalid")).toBe(true);
    }
  });
});

describe("a token", () => {
  it("is asked for on every route but health and readiness", async () => {
    await using serving = await startServing({ token });
    const wrong = ["", "Bearer", "Bearer ", `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`, token];
    for (const path of ["/v1/sessions", "/v1/openapi.json", "/v1/nothing", "/", "/v1/sessions/ses_a/events"]) {
      for (const authorization of wrong) {
        const answer = await serving.request("GET", path, { headers: { authorization } });
        expect(refusal(answer)).toEqual([401, "http.unauthorized"]);
        expect(answer.headers.get("www-authenticate")).toBe("Bearer");
        expect(answer.text).not.toContain(token);
      }
    }
    expect((await serving.request("GET", "/v1/sessions")).status).toBe(200);
    expect((await send(`${serving.url}/health`)).json).toEqual({ status: "ok" });
    expect((await send(`${serving.url}/ready`)).json).toEqual({ status: "ready" });
  });
});

describe("where a request comes from", () => {
  it("a Host that is not the server's is refused, as a name that was bound to loopback would send it", async () => {
    await using serving = await startServing({ hosts: ["holdfast.example"] });
    const { port } = serving;
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "localhost.evil.example",
      "127.0.0.1.evil.example",
      "127.0.0.2",
    ]) {
      expect([host, await withHost(port, host)]).toEqual([host, 403]);
    }
    expect(await sendRaw(port, "GET /v1/sessions HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 4/,
    );
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, "LOCALHOST", `[::1]:${port}`, "holdfast.example"]) {
      expect([host, await withHost(port, host)]).toEqual([host, 200]);
    }
  });

  it("of a server that listens everywhere, any address is a name of it, and other names are not", async () => {
    await using serving = await startServing({ hostname: "0.0.0.0", token });
    expect(await withHost(serving.port, "192.0.2.7:80")).toBe(401);
    expect(await withHost(serving.port, "evil.example")).toBe(403);
  });

  it("an Origin of another site is refused and gets no CORS headers, one's own and an allowed one get theirs", async () => {
    await using serving = await startServing({ origins: ["https://app.example"] });
    const { url } = serving;
    for (const origin of [
      "https://evil.example",
      "null",
      "http://app.example",
      "https://app.example.evil.example",
      "file://",
      "http://127.0.0.1:1",
    ]) {
      for (const [method, path] of [
        ["GET", "/v1/sessions"],
        ["POST", "/v1/sessions"],
        ["OPTIONS", "/v1/sessions"],
      ] as const) {
        const headers = { origin, ...(method === "OPTIONS" ? { "access-control-request-method": "POST" } : {}) };
        const answer = await serving.request(method, path, { headers });
        expect([origin, method, ...refusal(answer)]).toEqual([origin, method, 403, "http.forbidden"]);
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      }
    }
    for (const origin of [url, "https://app.example"]) {
      const answer = await serving.request("GET", "/v1/sessions", { headers: { origin } });
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, origin]);
      expect(answer.headers.get("vary")).toBe("origin");
      const refused = await serving.request("GET", "/v1/sessions/ses_nobody", { headers: { origin } });
      expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([404, origin]);
    }
  });

  it("a browser that asks first is told what an allowed site may send, also without the token", async () => {
    await using serving = await startServing({ token, origins: ["https://app.example"] });
    const answer = await send(`${serving.url}/v1/sessions`, {
      method: "OPTIONS",
      headers: { origin: "https://app.example", "access-control-request-method": "PATCH" },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get("access-control-allow-methods")).toContain("PATCH");
    expect(answer.headers.get("access-control-allow-headers")).toContain("last-event-id");
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });

  it("what a page of another site makes a browser send without an Origin is refused", async () => {
    await using serving = await startServing();
    const cross = await serving.request("GET", "/v1/sessions", { headers: { "sec-fetch-site": "cross-site" } });
    expect(refusal(cross)).toEqual([403, "http.forbidden"]);
    const form = await serving.request("POST", "/v1/sessions", {
      body: "{}",
      headers: { "content-type": "text/plain" },
    });
    expect(refusal(form)).toEqual([415, "http.unsupported-media-type"]);
  });
});
