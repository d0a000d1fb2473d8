import * as z from "zod";

import { isSameTarget, targetSchema, toIdentity } from "./target.ts";

import type { Target, TargetIdentity } from "./target.ts";

/** Where nothing is yet: below a directory that is there, after the names that are not. */
export interface FreePlace {
  readonly kind: "free";
  /** Canonical, relative to the Location. */
  readonly path: string;
  readonly absolute: string;
  readonly base: Target;
  /** From the base to the file, the file's own name last. */
  readonly missing: readonly string[];
}

/** What stands at a path: a target, or nothing yet. */
export type Place = { readonly kind: "taken"; readonly path: string; readonly target: Target } | FreePlace;

/** What of a place is recorded in an effect. */
export const placeSchema: z.ZodType<RecordedPlace> = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("taken"), path: z.string(), target: targetSchema }),
  z.looseObject({ kind: z.literal("free"), path: z.string(), base: targetSchema, missing: z.array(z.string()).min(1) }),
]);
export type RecordedPlace =
  | { readonly kind: "taken"; readonly path: string; readonly target: TargetIdentity }
  | {
      readonly kind: "free";
      readonly path: string;
      readonly base: TargetIdentity;
      readonly missing: readonly string[];
    };

/** What of a place goes into an effect. */
export const toRecordedPlace = (place: Place): RecordedPlace =>
  place.kind === "taken"
    ? { kind: "taken", path: place.path, target: toIdentity(place.target) }
    : { kind: "free", path: place.path, base: toIdentity(place.base), missing: place.missing };

/** Whether a place is as it was recorded: the same file, or nothing yet below the same directory. */
export const isSamePlace = (recorded: RecordedPlace, place: Place): boolean => {
  if (recorded.kind === "taken") return place.kind === "taken" && isSameTarget(recorded.target, place.target);
  if (place.kind === "taken") return false;
  return (
    isSameTarget(recorded.base, place.base) &&
    recorded.missing.length === place.missing.length &&
    recorded.missing.every((name, index) => name === place.missing[index])
  );
};
