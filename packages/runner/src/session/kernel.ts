import type { LiveHub } from "../live/live-hub.ts";
import type { LocationMap } from "../location/location-map.ts";
import type { SharedOutputs } from "../output/shared-outputs.ts";
import type { Owner } from "../owner/owner.ts";
import type { Services } from "../services.ts";
import type { Committer } from "./committer.ts";
import type { HistoryCache } from "./history-cache.ts";

/** What all parts of one runtime share. */
export interface Kernel {
  readonly services: Services;
  readonly owner: Owner;
  readonly locations: LocationMap;
  readonly committer: Committer;
  readonly live: LiveHub;
  readonly histories: HistoryCache;
  readonly outputs: SharedOutputs;
}
