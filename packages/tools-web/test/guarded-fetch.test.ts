import { gzipSync } from "node:zlib";

import { HoldfastError } from "@holdfast/core";
import { describe, expect, it } from "vitest";

import { classifyAddress } from "../src/fetch/classify-address.ts";
import { resolveTarget } from "../src/fetch/resolve-target.ts";
import { createGuardedFetch } from "../src/index.ts";
import { openServer } from "./web-server.ts";

import type { GuardedRequest } from "../src/index.ts";
import type { WebServer } from "./web-server.ts";

const { signal } = new AbortController();
const resolver = { resolve: async () => ["127.0.0.1"] };

const guardOf = ({ port }: WebServer) =>
  createGuardedFetch({ resolver, privateHosts: [`a.example:${port}`, `b.example:${port}`] });

const read = async (server: WebServer, path: string, request: Partial<GuardedRequest> = {}) => {
  await using response = await guardOf(server).open(`http://a.example:${server.port}${path}`, { signal, ...request });
  return { status: response.status, url: response.url.href, text: (await response.bytes()).toString() };
};

const ownAddresses = () => [
  { address: "8.8.4.4", cidr: "8.8.4.4/24" },
  { address: "2a00:1450:4001:1::8", cidr: "2a00:1450:4001:1::8/64" },
];

const refuse = () => Promise.reject(new Error("no"));

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => (HoldfastError.isInstance(error) ? error.code : String(error)),
  );

describe("an address", () => {
  it.each(["8.8.8.8", "93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001::8a"])(
    "such as %s is public",
    (address) => expect(classifyAddress(address)).toBe("public"),
  );
  it.each([
    "127.0.0.1",
    "::1",
    "100.64.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
    "2001::1",
    "010.8.8.8",
    "134744072",
    "",
    "x",
  ])("such as %j is not", (address) => expect(classifyAddress(address)).not.toBe("public"));
});

describe("the guarded fetch", () => {
  it("follows at most five redirects, and asks before each hop", async () => {
    await using server = await openServer({
      "/0": (_, response) => void response.writeHead(302, { location: "/1" }).end(),
      "/1": (_, response) =>
        void response.writeHead(301, { location: `http://b.example:${server.port}/2` }).end("a".repeat(100_000)),
      "/2": "there",
      "/loop": (_, response) => void response.writeHead(307, { location: "/loop" }).end(),
    });
    const hops: string[] = [];
    const found = await read(server, "/0", {
      authorize: ({ url, isRedirect }) => void hops.push(`${url.host} ${isRedirect}`),
    });
    expect(found).toMatchObject({ status: 200, url: `http://b.example:${server.port}/2`, text: "there" });
    expect(hops).toEqual([
      `a.example:${server.port} false`,
      `a.example:${server.port} true`,
      `b.example:${server.port} true`,
    ]);
    expect(await codeOf(read(server, "/loop"))).toBe("fetch.refused");
    expect(server.asked.filter((path) => path.endsWith("/loop"))).toHaveLength(6);
  });

  it("tries each of the addresses that it checked, and asks for the name once", async () => {
    await using server = await openServer({ "/": "there" });
    const asked: string[] = [];
    const two = {
      resolve: async (name: string) => {
        asked.push(name);
        return ["::1", "127.0.0.1"];
      },
    };
    const guard = createGuardedFetch({ resolver: two, privateHosts: [`a.example:${server.port}`] });
    expect(await guard.fetchText(`http://a.example:${server.port}/`, { signal })).toBe("there");
    expect(asked).toEqual(["a.example"]);
  });

  it.each([
    ["8.8.4.4", /this machine or its own network/],
    ["8.8.4.5", /^none$/],
    ["2a00:1450:4001:1::9", /this machine or its own network/],
    ["2a00:1450:4001:2::9", /^none$/],
  ])("looks whether %s is this machine's own, or of its network", async (address, reason) => {
    const target = { resolver: { resolve: async () => [address] }, ownAddresses, signal };
    const look = (isPrivate: boolean) =>
      resolveTarget(new URL("http://a.example/"), { ...target, isPrivate }).then(() => "none", String);
    expect(await look(false)).toMatch(reason);
    expect(await look(true)).toBe("none");
  });

  it.each(["169.254.169.254", "fe80::1", "::ffff:169.254.169.254"])(
    "does not go to %s for a listed name",
    async (address) => {
      const guard = createGuardedFetch({ resolver: { resolve: async () => [address] }, privateHosts: ["a.example"] });
      await expect(guard.open("http://a.example/", { signal })).rejects.toThrow("no link-local address");
    },
  );

  it("sends nothing where it is not authorised", async () => {
    await using server = await openServer({ "/": "there" });
    expect(await codeOf(read(server, "/", { authorize: refuse }))).toBe("Error: no");
    expect(server.asked).toEqual([]);
  });

  it("decompresses what it asked for, and nothing that grows without bound", async () => {
    await using server = await openServer({
      "/gzip": (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("packed")),
      "/bomb": (_, response) =>
        void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(4 * 1024 * 1024))),
      "/other": (_, response) => void response.writeHead(200, { "content-encoding": "zap" }).end("packed"),
      "/cut": (_, response) =>
        void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("packed").subarray(0, 15)),
    });
    expect((await read(server, "/gzip")).text).toBe("packed");
    expect(await codeOf(read(server, "/bomb"))).toBe("fetch.too-large");
    expect(await codeOf(read(server, "/other"))).toBe("fetch.failed");
    expect(await codeOf(read(server, "/cut"))).toBe("fetch.failed");
  });

  it("ends with the reason of the caller's signal", async () => {
    await using server = await openServer({ "/": () => undefined });
    const controller = new AbortController();
    const work = read(server, "/", { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("stopped")), 50);
    expect(await codeOf(work)).toBe("Error: stopped");
  });

  it("keeps no cookies and sends no credentials", async () => {
    const seen: unknown[] = [];
    await using server = await openServer({
      "/": (request, response) => {
        seen.push(request.headers.cookie, request.headers.authorization);
        response.writeHead(seen.length < 4 ? 302 : 200, { location: "/", "set-cookie": "a=b" }).end();
      },
    });
    await read(server, "/");
    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  });

  it("sends the caller's headers and body to the origin that was asked, and to no other", async () => {
    const seen: unknown[] = [];
    await using server = await openServer({
      "/1": (_, response) => void response.writeHead(307, { location: "/2" }).end(),
      "/2": ({ method, headers }, response) => {
        seen.push([method, headers["x-key"], headers["content-length"]]);
        response.writeHead(307, { location: `http://b.example:${server.port}/3` }).end();
      },
      "/3": ({ method, headers }, response) => {
        seen.push([method, headers["x-key"], headers["content-length"]]);
        response.writeHead(307, { location: `http://a.example:${server.port}/4` }).end();
      },
      "/4": ({ method, headers }, response) => {
        seen.push([method, headers["x-key"], headers["content-length"]]);
        response.end("there");
      },
    });
    const found = await read(server, "/1", { method: "POST", headers: { "x-key": "secret" }, body: "secret" });
    expect(found.text).toBe("there");
    expect(seen).toEqual([
      ["POST", "secret", "6"],
      ["GET", undefined, undefined],
      ["GET", undefined, undefined],
    ]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("takes no limit of %d", async (limit) => {
    const guard = createGuardedFetch();
    for (const name of ["timeoutMs", "maxBytes"])
      expect(await codeOf(guard.open("http://127.0.0.1/", { signal, [name]: limit }))).toBe("argument.invalid");
  });

  it.each(["a b", "http://a", "a/b", "user@a", "", "a:99999"])("refuses %j in its list of private hosts", (entry) => {
    expect(() => createGuardedFetch({ privateHosts: [entry] })).toThrow(/privateHosts/);
  });
});
