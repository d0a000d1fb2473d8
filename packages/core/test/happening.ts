import type { EventDraft } from "../src/event/catalogue.ts";

/** What may happen next, as the type and the data of each event of one plan. */
export type Happening = readonly (readonly [EventDraft["type"], object])[];
