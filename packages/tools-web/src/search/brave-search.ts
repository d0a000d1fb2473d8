import * as z from "zod";

import { readKey } from "./api-key.ts";
import { cleanResults } from "./clean-results.ts";
import { requestJson, unexpected } from "./request-json.ts";
import { searchTimeoutMs } from "./search-timeout.ts";

import type { SearchBackend } from "./search-backend.ts";
import type { SearchServiceOptions } from "./search-service-options.ts";

const service = "Brave Search";

const answerSchema = z.looseObject({
  // Absent where nothing was found.
  web: z
    .looseObject({
      results: z.array(
        z.looseObject({
          title: z.string(),
          url: z.string(),
          description: z.string().optional(),
          page_age: z.string().optional(),
        }),
      ),
    })
    .optional(),
});

/** Searches with the Brave Search API (`/res/v1/web/search`). The key goes into the header `X-Subscription-Token`. */
export const braveSearch = ({
  apiKey,
  endpoint = "https://api.search.brave.com",
  timeoutMs = searchTimeoutMs,
}: SearchServiceOptions): SearchBackend => ({
  name: "brave",
  search: async ({ query, count }, context) => {
    const url = new URL("/res/v1/web/search", endpoint);
    url.search = new URLSearchParams({ q: query, count: String(count), text_decorations: "false" }).toString();
    const headers = { "x-subscription-token": await readKey(apiKey, service) };
    const answer = answerSchema.safeParse(await requestJson({ service, url: url.href, headers, timeoutMs }, context));
    if (!answer.success) throw unexpected(service, "JSON of another shape");
    const results = answer.data.web?.results ?? [];
    return cleanResults(
      results.map(({ title, url, description = "", page_age: published }) => ({
        title,
        url,
        snippet: description,
        published,
      })),
      count,
    );
  },
});
