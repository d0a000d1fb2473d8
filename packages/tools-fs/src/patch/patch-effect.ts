import * as z from "zod";

import { placeSchema } from "../paths/place.ts";
import { targetSchema } from "../paths/target.ts";

import type { RecordedPlace } from "../paths/place.ts";
import type { TargetIdentity } from "../paths/target.ts";

/** What a patch does to one file, as it is recorded before anything is written. Hashes are SHA-256 of whole files, in hexadecimal. */
export type FileEffect =
  | { readonly kind: "add"; readonly place: RecordedPlace; readonly after: string }
  | { readonly kind: "delete"; readonly target: TargetIdentity; readonly before: string }
  | { readonly kind: "update"; readonly target: TargetIdentity; readonly before: string; readonly after: string }
  | {
      readonly kind: "move";
      readonly target: TargetIdentity;
      readonly before: string;
      readonly place: RecordedPlace;
      readonly after: string;
    };

const hash = z.string().length(64);

const fileEffectSchema: z.ZodType<FileEffect> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("add"), place: placeSchema, after: hash }),
  z.object({ kind: z.literal("delete"), target: targetSchema, before: hash }),
  z.object({ kind: z.literal("update"), target: targetSchema, before: hash, after: hash }),
  z.object({ kind: z.literal("move"), target: targetSchema, before: hash, place: placeSchema, after: hash }),
]);

/** The effect of a whole patch: its files in the order in which they are written. */
export const patchEffectSchema = z.object({ files: z.array(fileEffectSchema).min(1) });

/** The path that the model knows the file by. */
export const pathOf = (file: FileEffect): string => (file.kind === "add" ? file.place.path : file.target.path);
