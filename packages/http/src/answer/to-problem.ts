import { randomUUID } from "node:crypto";

import { errorCatalogue, HoldfastError } from "@holdfast/core";

import type { ErrorCode, Logger } from "@holdfast/core";
import type { Problem } from "@holdfast/core/wire";

/** Codes whose messages name files of the server, though their status is the caller's. */
const hidden: ReadonlySet<ErrorCode> = new Set(["store.network-file-system", "store.not-found", "store.read-only"]);

/**
 * An error as clients are told it (PROTOCOL 3). What is the server's own trouble goes to its log, and they get a reference to it.
 *
 * @param where What was asked for, for the log.
 */
export const toProblem = (error: unknown, where: string, logger: Logger): Problem => {
  const known = HoldfastError.isInstance(error) ? error : undefined;
  const code = known?.code ?? "http.internal";
  const { title, status, retryable } = errorCatalogue[code];
  const head = { type: "about:blank", title, status } as const;
  if (known !== undefined && isTold(known)) {
    const data = Object.keys(known.data).length === 0 ? {} : { data: known.data };
    return { ...head, detail: known.message, code, ...data, retryable };
  }
  const reference = randomUUID();
  logger.error("a request failed", { reference, where, code, error: textOf(error) });
  const detail = `${title}. The server's log says more under ${reference}.`;
  return { ...head, detail, code, retryable, reference };
};

const isTold = ({ code, status }: HoldfastError): boolean =>
  code.startsWith("http.") ? code !== "http.internal" : status < 500 && !hidden.has(code);

const textOf = (error: unknown): string =>
  error instanceof Error
    ? (error.stack ?? String(error)) + (error.cause === undefined ? "" : `\n${textOf(error.cause)}`)
    : String(error);
