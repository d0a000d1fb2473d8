import { describe, expect, it } from "vitest";

import { refusal, send, sendRaw, startServing } from "./serving.ts";

/** A body without end. */
const endless = (type: string): RequestInit & { readonly duplex: "half" } => ({
  method: "POST",
  headers: { "content-type": type },
  body: new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(500)) }),
  duplex: "half",
});

describe("sizes and times", () => {
  it("a body over the limit is refused, whether it says so or not", async () => {
    await using serving = await startServing({ limits: { bodyBytes: 1_000, importBytes: 1_000 } });
    const id = await serving.session();
    const path = `/v1/sessions/${id}/inputs`;
    expect(refusal(await serving.request("POST", path, { body: { text: "x".repeat(2_000) } }))).toEqual([
      413,
      "http.too-large",
    ]);
    expect(refusal(await send(`${serving.url}${path}`, endless("application/json")))).toEqual([413, "http.too-large"]);
    const imported = await send(`${serving.url}/v1/import`, endless("application/x-ndjson"));
    expect(imported.status).toBe(413);
    expect(await serving.holdfast.sessions.inputs({ sessionId: id })).toEqual([]);
  });

  it("a body that does not arrive in time is refused, and the server goes on", async () => {
    await using serving = await startServing({ limits: { bodyMs: 100 } });
    const id = await serving.session();
    const slow = (path: string, type: string): Promise<string> =>
      sendRaw(
        serving.port,
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${type}\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{`,
      );
    expect(await slow(`/v1/sessions/${id}/inputs`, "application/json")).toContain("http.timeout");
    expect(await slow("/v1/import", "application/x-ndjson")).toContain("http.timeout");
    expect((await serving.request("GET", "/v1/sessions")).status).toBe(200);
  });

  it("headers that are too many, too large or too slow end their connection, and no other", async () => {
    await using serving = await startServing({ server: { headersMs: 200, headerBytes: 4_096 } });
    const { port } = serving;
    const large = await sendRaw(port, `GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(10_000)}\r\n\r\n`);
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
    const many = Array.from({ length: 2_000 }, (_, index) => `X-${index}: 1\r\n`).join("");
    expect(await sendRaw(port, `GET /health HTTP/1.1\r\nHost: localhost\r\n${many}\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
    expect(await sendRaw(port, "GET /health HTTP/1.1\r\nHost: loc", { ms: 10_000 })).toMatch(/^HTTP\/1\.1 408 /);
    expect((await serving.request("GET", "/health")).status).toBe(200);
  });

  it("more connections than are taken are closed as they come", async () => {
    await using serving = await startServing({ server: { connections: 2 } });
    const held = [sendRaw(serving.port, "", { ms: 400 }), sendRaw(serving.port, "", { ms: 400 })];
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await sendRaw(serving.port, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", { ms: 300 })).toBe("");
    await Promise.all(held);
    expect((await serving.request("GET", "/health")).status).toBe(200);
  });

  it("more streams than are taken are refused, until one is closed", async () => {
    await using serving = await startServing({ limits: { streams: 1 } });
    const path = `/v1/sessions/${await serving.session()}/events`;
    const headers = { accept: "text/event-stream" };
    const leave = new AbortController();
    const first = await fetch(`${serving.url}${path}`, { headers, signal: leave.signal });
    expect(first.status).toBe(200);
    const second = await serving.request("GET", path, { headers });
    expect(refusal(second)).toEqual([503, "http.too-many-connections"]);
    expect(second.headers.get("retry-after")).toBe("1");
    leave.abort();
    await expect.poll(async () => (await serving.request("GET", `${path}?until=sync`, { headers })).status).toBe(200);
  });
});
