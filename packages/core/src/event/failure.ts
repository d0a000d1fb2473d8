import * as z from "zod";

/** The closed list of what can fail a step or an execution. */
export const failureClassSchema = z.enum([
  "rate-limit",
  "overloaded",
  "transport",
  "incomplete-stream",
  "context-overflow",
  "content-filter",
  "authentication",
  "invalid-request",
  "aborted",
  "model-unavailable",
  "location-unavailable",
  "step-limit",
  "token-limit",
  "cost-limit",
  "recovery-limit",
  "defect",
]);
export type FailureClass = z.infer<typeof failureClassSchema>;

/** Why a step, an attempt or an execution failed. */
export const failureSchema = z.strictObject({
  class: failureClassSchema,
  /** For a person; bounded, without secrets. */
  message: z.string().max(4000),
});
export type Failure = z.infer<typeof failureSchema>;
