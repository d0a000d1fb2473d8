// Entry ".": for who embeds a runtime and wants its model to read the web.
export { createGuardedFetch } from "./fetch/create-guarded-fetch.ts";

export type {
  GuardedFetch,
  GuardedFetchOptions,
  GuardedRequest,
  GuardedResponse,
  PlannedHop,
} from "./fetch/guarded-fetch.ts";
export type { RefusalReason } from "./fetch/fetch-error.ts";
export type { Resolver } from "./fetch/resolver.ts";
