import { HoldfastError } from "@holdfast/core";
import { describe, expect, it } from "vitest";

import { createGuardedFetch } from "../fetch/create-guarded-fetch.ts";
import { openService } from "./scripted-service.ts";

import type { ServerResponse } from "node:http";
import type { JsonValue } from "@holdfast/core";
import type { SearchBackend, SearchResult } from "../search/search-backend.ts";
import type { ServiceRequest } from "./scripted-service.ts";

/** A backend that the suite is run on, and the wire that its service speaks. */
export interface SearchBackendSubject {
  readonly name: string;
  /** Opens it against a service at an origin, with a key, and a time that one search may take. */
  readonly open: (options: {
    readonly endpoint: string;
    readonly apiKey: string;
    readonly timeoutMs: number;
  }) => SearchBackend;
  /** What the service answers for these results, as JSON. */
  readonly encode: (results: readonly SearchResult[]) => JsonValue;
  /** What a request asks for: query, count and key, as the service reads them. */
  readonly decode: (request: ServiceRequest) => {
    readonly query: unknown;
    readonly count: unknown;
    readonly key: unknown;
  };
}

const apiKey = "secret-key-5f2c";
const timeoutMs = 20_000;
const results: readonly SearchResult[] = ["one", "two", "three"].map((name) => ({
  title: `Title ${name}`,
  url: `https://${name}.example/path?a=1`,
  snippet: `About ${name}`,
}));

type Answer = (request: ServiceRequest, response: ServerResponse) => void;

const json =
  (value: JsonValue): Answer =>
  (_request, response) =>
    void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

/** The service repeats the key wherever it can. */
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, { "x-key": apiKey, ...headers }).end(JSON.stringify({ error: `bad key ${apiKey}` }));

/** The contract of a search backend as tests, over real HTTP to a scripted service. Call it at the top of a test file. */
export const describeSearchBackend = (subject: SearchBackendSubject): void => {
  const search = async (
    answer: Answer,
    options: { readonly count?: number; readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
  ) => {
    await using service = await openService(answer);
    const endpoint = `http://search.example:${service.port}`;
    const guard = createGuardedFetch({
      resolver: { resolve: async () => ["127.0.0.1"] },
      privateHosts: [`search.example:${service.port}`],
    });
    const backend = subject.open({ endpoint, apiKey, timeoutMs: options.timeoutMs ?? timeoutMs });
    const { count = 8, signal = new AbortController().signal } = options;
    const found = await backend.search({ query: "größe & <x>", count }, { guard, signal }).then(
      (value) => ({ value, error: undefined }),
      (error: unknown) => ({ value: undefined, error }),
    );
    expect(shown(found), "the key stands in what came of it").not.toContain(apiKey);
    return { ...found, requests: service.requests };
  };
  const codeOf = async (answer: Answer, options?: Parameters<typeof search>[1]) => {
    const { error, value } = await search(answer, options);
    return HoldfastError.isInstance(error) ? error.code : `none: ${shown(error ?? value)}`;
  };

  describe(`Search backend: ${subject.name}`, () => {
    it("sends the query, the count and the key as the service reads them", async () => {
      const { requests } = await search(json(subject.encode(results)), { count: 5 });
      expect(requests).toHaveLength(1);
      expect(requests[0] && subject.decode(requests[0])).toEqual({ query: "größe & <x>", count: 5, key: apiKey });
      expect(requests[0]?.url).not.toContain(apiKey);
    });

    it("returns the results in their order, and no more than were asked for", async () => {
      expect((await search(json(subject.encode(results)))).value).toEqual(results);
      expect((await search(json(subject.encode(results)), { count: 2 })).value).toEqual(results.slice(0, 2));
    });

    it("returns nothing where nothing was found", async () => {
      expect((await search(json(subject.encode([])))).value).toEqual([]);
    });

    it("leaves out what leads to no page, and markup", async () => {
      const odd = ["javascript:alert(1)", "not a url", "file:///etc/passwd"].map((url) => ({
        title: "x",
        url,
        snippet: "",
      }));
      const marked = { title: "A <strong>b</strong> &amp; c", url: "https://a.example/", snippet: "<b>d</b>" };
      const { value } = await search(json(subject.encode([...odd, marked])));
      expect(value).toEqual([{ title: "A b & c", url: "https://a.example/", snippet: "d" }]);
    });

    it.each<readonly [string, Answer]>([
      ["text that is no JSON", (_, response) => void response.end("<html>")],
      ["an empty body", (_, response) => void response.end()],
      [
        "JSON that is cut short",
        (_, response) => void response.end(JSON.stringify(subject.encode(results)).slice(0, -5)),
      ],
      ["a list", json([1, 2])],
      ["a result without a URL", json(withoutUrls(subject.encode(results)))],
      ["status 500", status(500)],
      ["status 400", status(400)],
      [
        "a redirect",
        (request, response) =>
          (request.url === "/elsewhere" ? json(subject.encode(results)) : status(302, { location: "/elsewhere" }))(
            request,
            response,
          ),
      ],
    ])("says that the service failed for %s", async (_, answer) => {
      expect(await codeOf(answer)).toMatch(/^(?:search\.failed|fetch\.refused)$/);
    });

    it.each([401, 403])("says that the key is not accepted for status %d", async (code) => {
      expect(await codeOf(status(code))).toBe("search.unauthorized");
    });

    it("says that there are too many requests for status 429, and how long to wait", async () => {
      const { error } = await search(status(429, { "retry-after": "7" }));
      expect(error).toMatchObject({ code: "search.rate-limited", data: { retryAfterMs: 7_000 } });
      expect(await codeOf(status(429, { "retry-after": apiKey }))).toBe("search.rate-limited");
    });

    it("ends a service that does not answer, or does not end, within its time", async () => {
      expect(await codeOf(() => undefined, { timeoutMs: 300 })).toBe("fetch.timeout");
      expect(await codeOf((_, response) => void response.write("{"), { timeoutMs: 300 })).toBe("fetch.timeout");
    });

    it("takes no answer that is too large", async () => {
      expect(await codeOf((_, response) => void response.end(`"${"x".repeat(1024 * 1024)}"`))).toBe("fetch.too-large");
    });

    it("ends with the signal's reason", async () => {
      const controller = new AbortController();
      const reason = new Error("stopped");
      const { error } = await search(() => controller.abort(reason), { signal: controller.signal });
      expect(error).toBe(reason);
    });
  });
};

/** Everything that somebody could print of a value: also causes, stacks and what is no JSON. */
const shown = (value: unknown, depth = 0): string => {
  if (depth > 6 || typeof value !== "object" || value === null) return String(value);
  const own = Object.getOwnPropertyNames(value).map((name) => `${name}: ${shown(Reflect.get(value, name), depth + 1)}`);
  return `${Object.prototype.toString.call(value)} ${own.join(" ")}`;
};

const withoutUrls = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map((item: JsonValue) => withoutUrls(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "url")
      .map(([name, item]) => [name, withoutUrls(item ?? null)]),
  );
};
