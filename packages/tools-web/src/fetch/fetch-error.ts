import { HoldfastError } from "@holdfast/core";

/** Why a URL is not fetched; in the error's data as `reason`. */
export type RefusalReason =
  | "malformed"
  | "protocol"
  | "credentials"
  | "port"
  | "address"
  | "redirects"
  | "redirect-origin";

/** An error of a URL that is not fetched. Nothing was sent for it. */
export const refused = (reason: RefusalReason, message: string): HoldfastError<"fetch.refused"> =>
  new HoldfastError("fetch.refused", { message, data: { reason } });

/** An error of a server that cannot be reached, or that does not keep to its protocol. */
export const failed = (message: string, cause?: unknown): HoldfastError<"fetch.failed"> =>
  new HoldfastError("fetch.failed", { message, cause });

/** An error of a body that is larger than what is taken. */
export const tooLarge = (message: string, data: { readonly maxBytes: number }): HoldfastError<"fetch.too-large"> =>
  new HoldfastError("fetch.too-large", { message, data });
