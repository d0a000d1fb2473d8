import { withoutInvisible } from "../html/without-invisible.ts";

import type { SearchResult } from "./search-backend.ts";

const most = { title: 300, snippet: 2_000, url: 2_048, published: 64 } as const;

/** Results as the contract wants them: no more than asked for, without markup, and without what leads to no page. */
export const cleanResults = (found: readonly SearchResult[], count: number): readonly SearchResult[] =>
  found
    .filter(({ url }) => url.length <= most.url && /^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    .slice(0, count)
    .map(({ title, url, snippet, published }) => ({
      title: plain(title).slice(0, most.title) || url,
      url,
      snippet: plain(snippet).slice(0, most.snippet),
      ...(published === undefined ? {} : { published: plain(published).slice(0, most.published) }),
    }));

const entities: Readonly<Record<string, string>> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&#x27;": "'",
};

/** Services mark what was looked for in HTML. */
const plain = (text: string): string =>
  withoutInvisible(text)
    .replaceAll(/<\/?(?:b|strong|em|i|mark)>/gi, "")
    .replaceAll(/&(?:amp|lt|gt|quot|#39|#x27);/g, (entity) => entities[entity] ?? entity)
    .replaceAll(/\s+/g, " ")
    .trim();
