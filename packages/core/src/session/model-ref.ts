import * as z from "zod";

/** Which model, in the host's own words: the runtime hands it to the host's `model` function. */
export const modelRefSchema = z.strictObject({
  id: z.string().min(1).max(256),
  provider: z.string().min(1).max(256).exactOptional(),
});
export type ModelRef = z.infer<typeof modelRefSchema>;
