import { expect, it } from "vitest";

import { refusal, send, startServing } from "./serving.ts";

const page = { type: "text/html; charset=utf-8", body: "<!doctype html><script src=/app.js></script>" };
const script = { type: "text/javascript", body: new TextEncoder().encode("fetch('/v1/sessions')") };

it("files of a page are served to everyone as they are, may load nothing from elsewhere, and give nobody the routes", async () => {
  await using serving = await startServing({ token: "a-token", assets: { "/": page, "/app.js": script } });
  const found = await send(`${serving.url}/`);
  expect([found.status, found.text, found.headers.get("content-type")]).toEqual([200, page.body, page.type]);
  expect(found.headers.get("content-security-policy")).toContain("default-src 'self'");
  expect((await send(`${serving.url}/app.js?v=1`)).text).toBe("fetch('/v1/sessions')");
  for (const path of ["/v1/sessions", "/other.js", "/__proto__", "/..%2fapp.js", "/v1"]) {
    expect(refusal(await send(serving.url + path))).toEqual([401, "http.unauthorized"]);
  }
  expect((await send(`${serving.url}/`, { headers: { origin: "https://evil.example" } })).status).toBe(403);
});

it("files that would hide a route are refused when the server is made", async () => {
  for (const path of ["/v1", "/v1/sessions", "/health", "/ready", "app.js", "/a?b"]) {
    await expect(startServing({ assets: { [path]: page } })).rejects.toMatchObject({ code: "argument.invalid" });
  }
});
