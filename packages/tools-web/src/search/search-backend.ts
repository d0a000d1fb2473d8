import type { GuardedFetch } from "../fetch/guarded-fetch.ts";

/** What is looked for. */
export interface SearchQuery {
  /** 1 to 400 characters. */
  readonly query: string;
  /** How many results at most: 1 to 20. */
  readonly count: number;
}

/** One page that was found, as its service tells it: text from the web. */
export interface SearchResult {
  readonly title: string;
  /** Of http or https. */
  readonly url: string;
  /** What the page says of the query, without markup; "" where the service says nothing. */
  readonly snippet: string;
  /** When it was published, as the service says it. */
  readonly published?: string | undefined;
}

/**
 * A search service. Its laws, which `describeSearchBackend` of `@holdfast/tools-web/contract` tries:
 *
 * 1. `search` returns at most `count` results in the service's order, each with a title and a URL of http or https; nothing found is an empty list.
 * 2. A key that is not accepted is search.unauthorized, too many requests search.rate-limited, and any other answer that does not fit search.failed.
 * 3. Requests go through the fetch that it is given and follow no redirect: a key is sent to the configured origin alone.
 * 4. The key stands in no result, error or log, also where the service repeats it.
 * 5. It ends when the signal does, with its reason, and within its time otherwise.
 */
export interface SearchBackend {
  /** 1 to 32 of `a-z`, `0-9` and `-`. It stands in results, and a session keeps to it. */
  readonly name: string;
  search(query: SearchQuery, context: SearchContext): Promise<readonly SearchResult[]>;
}

/** What a backend works with. */
export interface SearchContext {
  readonly guard: GuardedFetch;
  readonly signal: AbortSignal;
}
