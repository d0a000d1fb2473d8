import * as z from "zod";

import { errorCatalogue } from "../errors/catalogue.ts";
import { jsonObjectSchema } from "../json/json-value.ts";

import type { ErrorCode } from "../errors/catalogue.ts";

const codes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];

/** An error as it crosses a wire: `application/problem+json` (RFC 9457), with a code of the catalogue. */
export const problemSchema = z.object({
  type: z.literal("about:blank"),
  /** The code's title. */
  title: z.string(),
  status: z.int().min(400).max(599),
  /** What was expected, what was found, and what to do. */
  detail: z.string(),
  code: z.enum(codes),
  data: jsonObjectSchema.exactOptional(),
  /** Whether the same request, made again later and unchanged, may succeed. */
  retryable: z.boolean(),
  /** Under what the server's log says more. */
  reference: z.string().exactOptional(),
});
export type Problem = z.infer<typeof problemSchema>;
