// Entry ".": for who embeds a runtime and wants its model to read and search the web.
export { createGuardedFetch } from "./fetch/create-guarded-fetch.ts";
export { braveSearch } from "./search/brave-search.ts";
export { tavilySearch } from "./search/tavily-search.ts";
export { webTools } from "./web-tools.ts";

export type {
  GuardedFetch,
  GuardedFetchOptions,
  GuardedRequest,
  GuardedResponse,
  PlannedHop,
} from "./fetch/guarded-fetch.ts";
export type { RefusalReason } from "./fetch/fetch-error.ts";
export type { OwnAddress, OwnAddresses } from "./fetch/own-network.ts";
export type { Resolver } from "./fetch/resolver.ts";
export type { ApiKey } from "./search/api-key.ts";
export type { SearchBackend, SearchContext, SearchQuery, SearchResult } from "./search/search-backend.ts";
export type { SearchServiceOptions } from "./search/search-service-options.ts";
export type { WebToolsOptions } from "./web-tools.ts";
