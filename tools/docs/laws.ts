import { asks } from "./laws/asks.ts";
import { claims } from "./laws/claims.ts";
import { compactions } from "./laws/compactions.ts";
import { consent } from "./laws/consent.ts";
import { denies } from "./laws/denies.ts";
import { lastEvents } from "./laws/last-events.ts";
import { replays } from "./laws/replays.ts";
import { steps } from "./laws/steps.ts";
import { stores } from "./laws/stores.ts";
import { web } from "./laws/web.ts";

import type { LawSection } from "./laws/law.ts";

/** What holds in every awkward state, by its matter. The check of links finds a test that was renamed. */
export const laws: readonly LawSection[] = [
  steps,
  claims,
  consent,
  asks,
  denies,
  replays,
  compactions,
  lastEvents,
  stores,
  web,
];
