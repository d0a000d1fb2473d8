import { describeSearchBackend } from "../src/contract.ts";
import { braveSearch, tavilySearch } from "../src/index.ts";

const bodyOf = (body: string) => JSON.parse(body) as Readonly<Record<string, unknown>>;

describeSearchBackend({
  name: "brave",
  open: braveSearch,
  encode: (results) =>
    results.length === 0
      ? { type: "search", query: { original: "x" } }
      : {
          type: "search",
          web: {
            type: "search",
            results: results.map(({ title, url, snippet }) => ({ title, url, description: snippet, language: "en" })),
          },
        },
  decode: ({ url, headers }) => {
    const { searchParams } = new URL(url, "http://x");
    return {
      query: searchParams.get("q"),
      count: Number(searchParams.get("count")),
      key: headers["x-subscription-token"],
    };
  },
});

describeSearchBackend({
  name: "tavily",
  open: tavilySearch,
  encode: (results) => ({
    query: "x",
    response_time: 1,
    results: results.map(({ title, url, snippet }) => ({ title, url, content: snippet, score: 0.5 })),
  }),
  decode: ({ headers, body }) => {
    const { query, max_results: count } = bodyOf(body);
    return { query, count, key: headers.authorization?.replace("Bearer ", "") };
  },
});
