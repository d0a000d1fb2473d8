import * as z from "zod";

/** Text that can be sealed: a lone surrogate is no Unicode, and would be refused by the log. */
export const wellFormedSchema = z
  .string()
  .refine((text) => text.isWellFormed(), "expected well-formed Unicode, found a lone surrogate");
