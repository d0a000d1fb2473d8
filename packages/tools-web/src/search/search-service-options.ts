import type { ApiKey } from "./api-key.ts";

/** How a search service is reached. */
export interface SearchServiceOptions {
  /** Sent to the endpoint alone, in a header. */
  readonly apiKey: ApiKey;
  /** The origin of its interface. Default: the service's own. */
  readonly endpoint?: string | undefined;
  /** Of one search: 1 to 120,000. Default 25,000. */
  readonly timeoutMs?: number | undefined;
}
