import { expect, it } from "vitest";

import { createHttpHandler } from "@holdfast/http";

import { startServing } from "./serving.ts";

const page = { type: "text/html; charset=utf-8", bytes: new TextEncoder().encode("<!doctype html><p>A page.") };
const assets = new Map([["/page", page]]);

it("hands out assets without a token, under a policy that runs the server's own scripts alone and lets nobody frame them", async () => {
  await using serving = await startServing({ token: "secret", assets });
  const { status, text, headers } = await serving.request("GET", "/page");
  expect({ status, text }).toEqual({ status: 200, text: "<!doctype html><p>A page." });
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("referrer-policy")).toBe("no-referrer");
  const head = await serving.request("HEAD", "/page");
  expect({ status: head.status, text: head.text }).toEqual({ status: 200, text: "" });
});

it("hands out nothing else without a token: no other path, no other method", async () => {
  await using serving = await startServing({ token: "secret", assets });
  for (const path of ["/page/", "/pages", "/", "/page%2f"])
    expect((await serving.request("GET", path)).status).toBe(404);
  expect((await serving.request("POST", "/page", { body: {} })).status).toBe(404);
  expect((await serving.request("GET", "/page/../v1/sessions")).status).toBe(401);
});

it.each(["page", "/v1/sessions", "/v1", "/health", "/ready"])("refuses %j as the path of an asset", async (path) => {
  await using serving = await startServing();
  expect(() => createHttpHandler({ holdfast: serving.holdfast, assets: new Map([[path, page]]) })).toThrow(
    expect.objectContaining({ code: "argument.invalid" }),
  );
});
