import { measureOpening } from "./open-large.ts";
import { measureSession } from "./session-growth.ts";

import type { Bench } from "../bench.ts";

/** What grows with the history of a session, and with the store. */
export const growth: Bench = {
  name: "growth",
  run: async () => [...(await measureSession()), await measureOpening()],
};
