import type * as z from "zod";

/** Names of the durable boundaries. What may be assumed after a crash right after each: `docs/invariants.md`. */
export type Boundary = "B0" | "B1" | "B2" | "B3" | "B4" | "B5" | "B6" | "B7";

/** What the catalogue knows of one type of event. */
export interface EventDefinition<TType extends string = string, TSchema extends z.ZodType = z.ZodType> {
  readonly type: TType;
  /** Version of `data`'s shape that is written today. */
  readonly version: number;
  /** Whether only the owner of the session's execution writes it, under a live fence. */
  readonly ownerOnly: boolean;
  /** The durable boundary that the event marks, where it marks one. */
  readonly boundary?: Boundary;
  /** Shape of `data`, in and out. A version's shape is closed: a new member is a new version. */
  readonly data: TSchema;
}

interface EventTraits {
  readonly ownerOnly?: boolean;
  readonly boundary?: Boundary;
}

/** Version 1 of an event's type, as the catalogue lists it. */
export const defineEvent = <const TType extends string, TSchema extends z.ZodType>(
  type: TType,
  data: TSchema,
  { ownerOnly = false, boundary }: EventTraits = {},
): EventDefinition<TType, TSchema> => ({
  type,
  version: 1,
  ownerOnly,
  data,
  ...(boundary === undefined ? {} : { boundary }),
});
