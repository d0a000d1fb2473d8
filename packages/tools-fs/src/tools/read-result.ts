import * as z from "zod";

const pageShape = {
  /** Canonical, relative to the Location; of an output, its reference. */
  path: z.string(),
  /** Number of the first line or entry shown. */
  offset: z.int(),
  /** Where the next page begins; absent where this is the last. */
  next: z.int().exactOptional(),
};
/** What `read` returns. */
export const readOutputSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("text"), ...pageShape, lines: z.int(), text: z.string() }),
  z.strictObject({
    type: z.literal("line"),
    ...pageShape,
    /** Where the text begins in the line, and where it goes on, in UTF-8 bytes; the latter is absent at the line's end. */
    lineOffset: z.int(),
    nextLineOffset: z.int().exactOptional(),
    text: z.string(),
  }),
  z.strictObject({
    type: z.literal("directory"),
    ...pageShape,
    entries: z.array(z.strictObject({ name: z.string(), kind: z.enum(["directory", "file", "link", "other"]) })),
  }),
  z.strictObject({
    type: z.literal("image"),
    path: z.string(),
    mediaType: z.string(),
    width: z.int(),
    height: z.int(),
    bytes: z.int(),
  }),
]);
export type ReadOutput = z.infer<typeof readOutputSchema>;
