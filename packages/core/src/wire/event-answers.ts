import * as z from "zod";

import { eventCatalogue } from "../event/catalogue.ts";
import { sealedEnvelopeSchema } from "../event/envelope.ts";
import { callIdSchema, messageIdSchema } from "../ids/id.ts";
import { jsonObjectSchema } from "../json/json-value.ts";
import { cursorSchema } from "./cursor-schema.ts";
import { restSchema } from "./session-answers.ts";

import type { EventItem, LiveEvent } from "../api/event-item.ts";
import type { DurableEvent, EventType } from "../event/catalogue.ts";

const eventOf = (type: EventType) =>
  sealedEnvelopeSchema.extend({ type: z.literal(type), data: eventCatalogue[type].data });

const [first, ...others] = (Object.keys(eventCatalogue) as EventType[]).map(eventOf);
if (first === undefined) throw new Error("expected a catalogue of events, found an empty one");

/** A durable event of any type. */
export const durableEventSchema = z.discriminatedUnion("type", [
  first,
  ...others,
]) as unknown as z.ZodType<DurableEvent>;

const block = {
  messageId: messageIdSchema,
  position: z.int().min(0),
};
const kind = z.enum(["text", "reasoning"]);

/** A fragment of something that is not durable yet. */
export const liveEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("block.open"), ...block, kind, text: z.string() }),
  z.object({ type: z.literal("block.delta"), ...block, kind, delta: z.string() }),
  z.object({ type: z.literal("tool-input.open"), ...block, name: z.string(), input: z.string() }),
  z.object({ type: z.literal("tool-input.delta"), ...block, delta: z.string() }),
  z.object({ type: z.literal("tool.progress"), callId: callIdSchema, update: jsonObjectSchema }),
]) satisfies z.ZodType<LiveEvent>;

/** What a stream says beside events. */
export const noticeSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("rest"), rest: restSchema }),
  z.object({ type: z.literal("live-dropped") }),
]) satisfies z.ZodType<Extract<EventItem, { kind: "notice" }>["notice"]>;

/** A page of the log: events after a cursor, and where to go on. */
export interface EventPage {
  readonly items: readonly Pick<Extract<EventItem, { readonly kind: "event" }>, "event" | "cursor">[];
  /** Right after the last of them; where there are none, where the reading stands. */
  readonly cursor: z.infer<typeof cursorSchema>;
  /** Whether the log went on when the page was read. */
  readonly more: boolean;
}

/** A page of the log. */
export const eventPageSchema = z.object({
  items: z.array(z.object({ event: durableEventSchema, cursor: cursorSchema })),
  cursor: cursorSchema,
  more: z.boolean(),
}) satisfies z.ZodType<EventPage>;
