import { expect, it } from "vitest";

import { createHttpHandler } from "@holdfast/http";

import { startServing } from "./serving.ts";

const page = { type: "text/html; charset=utf-8", bytes: new TextEncoder().encode("<!doctype html><p>A page.") };
const assets = new Map([["/page", page]]);

it("hands out assets without a token, under a policy that runs the server's own scripts alone and lets nobody frame them", async () => {
  await using serving = await startServing({ token: "secret", assets });
  const response = await fetch(`${serving.url}/page`);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe("<!doctype html><p>A page.");
  const { headers } = response;
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  const head = await fetch(`${serving.url}/page`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
});

it("hands out nothing else without a token: no other path, no other method", async () => {
  await using serving = await startServing({ token: "secret", assets });
  for (const path of ["/page/", "/pages", "/page%2f", "/page/../v1/sessions", "/v1/sessions"])
    expect((await fetch(`${serving.url}${path}`)).status).toBe(401);
  expect((await fetch(`${serving.url}/page`, { method: "POST" })).status).toBe(401);
});

it.each(["page", "/v1/sessions", "/v1", "/health", "/ready"])("refuses %j as the path of an asset", async (path) => {
  await using serving = await startServing();
  expect(() => createHttpHandler({ holdfast: serving.holdfast, assets: new Map([[path, page]]) })).toThrow(
    expect.objectContaining({ code: "argument.invalid" }),
  );
});
