import * as z from "zod";

import { ruleSchema } from "../permission/rule.ts";
import { locationSchema } from "../session/location.ts";
import { modelRefSchema } from "../session/model-ref.ts";

import type { FileList, LocationInfo } from "../api/locations.ts";
import type { ModelInfo } from "../api/models.ts";
import type { OutputWindow } from "../output/output-window.ts";

const count = z.int().min(0);

/** A Location that is open in the runtime that answers. */
export const locationInfoSchema = z.object({
  location: locationSchema,
  openedTime: z.int(),
  users: count,
  plugins: z.array(
    z.object({
      name: z.string(),
      version: z.string().exactOptional(),
      apiLevel: z.number(),
      requires: z.array(z.string()),
    }),
  ),
  tools: z.array(z.object({ name: z.string(), description: z.string(), plugin: z.string(), definition: z.string() })),
  rules: z.array(ruleSchema),
  taps: z.array(
    z.object({
      hook: z.string(),
      plugin: z.string(),
      stage: z.number(),
      before: z.string().exactOptional(),
      calls: count,
      failures: count,
      totalMs: z.number().min(0),
      longestMs: z.number().min(0),
      lastFailure: z.string().exactOptional(),
    }),
  ),
}) satisfies z.ZodType<LocationInfo>;

/** The names in a directory of a Location. */
export const fileListSchema = z.object({
  path: z.string(),
  entries: z.array(z.object({ name: z.string(), kind: z.enum(["file", "directory", "link", "other"]) })),
  truncated: z.boolean(),
}) satisfies z.ZodType<FileList>;

/** A model that the host offers. */
export const modelInfoSchema = z.object({
  ref: modelRefSchema,
  title: z.string().exactOptional(),
  contextTokens: count.exactOptional(),
  isDefault: z.boolean(),
  agents: z.array(z.string()),
}) satisfies z.ZodType<ModelInfo>;

/** A window of a call's whole output. */
export const outputWindowSchema = z.object({
  text: z.string(),
  offset: count,
  end: count,
  size: count,
}) satisfies z.ZodType<OutputWindow>;
