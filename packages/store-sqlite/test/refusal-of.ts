import { HoldfastError } from "@holdfast/core";

/** The error that a call is refused with. */
export const refusalOf = async (running: Promise<unknown>): Promise<HoldfastError> => {
  const error: unknown = await running.then(
    () => new Error("expected a refusal, found none"),
    (reason: unknown) => reason,
  );
  if (!HoldfastError.isInstance(error)) throw error;
  return error;
};
