import { HoldfastError } from "@holdfast/core/errors";

/** What went wrong, for a person. */
export const Problem = ({ error }: { readonly error: unknown }) => {
  if (error === undefined) return null;
  const isOurs = HoldfastError.isInstance(error);
  return (
    <p class="problem" role="alert">
      {isOurs ? <code>{error.code}</code> : null}{" "}
      {error instanceof Error ? error.message : "Something went wrong, and did not say what."}
    </p>
  );
};
