import type { DurableEvent, EventType } from "../../event/catalogue.ts";
import type { Change } from "../../store/change.ts";

/** How each type of event changes the rows. */
export type Projector<TType extends EventType> = (event: DurableEvent<TType>) => readonly Change[];
