import { HoldfastError } from "../errors/holdfast-error.ts";

import type * as z from "zod";

/**
 * Checks what a method was given, before anything is done.
 *
 * @throws argument.invalid, naming each place that does not fit.
 */
export const parseArguments = <TSchema extends z.ZodType>(
  schema: TSchema,
  value: unknown,
  method: string,
): z.output<TSchema> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join("."), message }));
  const list = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new HoldfastError("argument.invalid", {
    message: `${method} was called with arguments that do not fit: ${list}. Correct them; nothing was done.`,
    data: { method, issues },
  });
};
