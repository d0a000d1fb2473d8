import * as z from "zod";

/** The name of a note: nothing in it leads out of the folder. */
export const noteNameSchema = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/)
  .describe("Name of the note: 1 to 64 of a-z, 0-9 and -");
