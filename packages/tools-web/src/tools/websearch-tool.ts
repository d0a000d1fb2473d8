import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { chooseBackend } from "../search/choose-backend.ts";
import { toToolFailure } from "./to-tool-failure.ts";
import { untrusted } from "./untrusted.ts";

import type { Tool } from "@holdfast/core/tool";
import type { GuardedFetch } from "../fetch/guarded-fetch.ts";
import type { SearchBackend, SearchResult } from "../search/search-backend.ts";

const inputSchema = z.strictObject({
  query: z.string().trim().min(1).max(400).describe("What to look for"),
  count: z.int().min(1).max(20).optional().describe("How many results at most. Default 8"),
});

const outputSchema = z.strictObject({
  /** The backend that was asked. */
  backend: z.string(),
  results: z.array(
    z.strictObject({ title: z.string(), url: z.string(), snippet: z.string(), published: z.string().exactOptional() }),
  ),
});

type Found = z.infer<typeof outputSchema>["results"][number];

const toOutput = ({ title, url, snippet, published }: SearchResult): Found => ({
  title,
  url,
  snippet,
  ...(published === undefined ? {} : { published }),
});

const effectSchema = z.looseObject({ backend: z.string() });

/** Searches the web through one of the host's backends, of which a session keeps to one. Changes nothing, so recovery may run it again. */
export const createWebsearchTool = ({
  guard,
  backends,
}: {
  readonly guard: GuardedFetch;
  readonly backends: readonly SearchBackend[];
}): Tool =>
  defineTool({
    name: "websearch",
    description:
      "Searches the web, and gives titles, URLs and snippets. Fetch what looks right with webfetch, where that is there.",
    input: inputSchema,
    output: outputSchema,
    replay: "safe",
    prepare: async ({ query }, ctx) => {
      ctx.signal.throwIfAborted();
      await ctx.permission.assert({ action: "websearch", resources: [query], always: ["*"] });
      return { backend: chooseBackend(backends, ctx.sessionId)?.name ?? "" };
    },
    execute: async ({ query, count = 8 }, ctx) => {
      ctx.signal.throwIfAborted();
      const { backend: name } = effectSchema.parse(ctx.effect);
      const backend = backends.find((other) => other.name === name);
      if (backend === undefined)
        throw new ToolFailure(`The search backend ${JSON.stringify(name)} is not configured any more. Search again.`);
      try {
        const results = await backend.search({ query, count }, { guard, signal: ctx.signal });
        return { backend: name, results: results.slice(0, count).map(toOutput) };
      } catch (error) {
        ctx.signal.throwIfAborted();
        throw toToolFailure(error);
      }
    },
    present: ({ backend, results }) =>
      results.length === 0
        ? "Nothing was found. Try other words."
        : untrusted(
            `search:${backend}`,
            results
              .map(({ title, url, snippet, published }, index) =>
                [
                  `${index + 1}. ${title}`,
                  `   ${url}${published === undefined ? "" : ` (${published})`}`,
                  ...(snippet === "" ? [] : [`   ${snippet}`]),
                ].join("\n"),
              )
              .join("\n"),
          ),
  });
