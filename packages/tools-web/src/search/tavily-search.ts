import * as z from "zod";

import { readKey } from "./api-key.ts";
import { cleanResults } from "./clean-results.ts";
import { requestJson, unexpected } from "./request-json.ts";
import { searchTimeoutMs } from "./search-timeout.ts";

import type { SearchBackend } from "./search-backend.ts";
import type { SearchServiceOptions } from "./search-service-options.ts";

const service = "Tavily";

const answerSchema = z.looseObject({
  results: z.array(
    z.looseObject({
      title: z.string(),
      url: z.string(),
      content: z.string().optional(),
      published_date: z.string().nullish(),
    }),
  ),
});

/** Searches with the Tavily API (`/search`). The key goes into the header `Authorization`. */
export const tavilySearch = ({
  apiKey,
  endpoint = "https://api.tavily.com",
  timeoutMs = searchTimeoutMs,
}: SearchServiceOptions): SearchBackend => ({
  name: "tavily",
  search: async ({ query, count }, context) => {
    const url = new URL("/search", endpoint).href;
    const headers = { authorization: `Bearer ${await readKey(apiKey, service)}` };
    const body = { query, max_results: count, search_depth: "basic" };
    const answer = answerSchema.safeParse(await requestJson({ service, url, headers, body, timeoutMs }, context));
    if (!answer.success) throw unexpected(service, "JSON of another shape");
    return cleanResults(
      answer.data.results.map(({ title, url, content = "", published_date: published }) => ({
        title,
        url,
        snippet: content,
        published: published ?? undefined,
      })),
      count,
    );
  },
});
