import { HoldfastError } from "@holdfast/core";
import { argumentSchemas as plain } from "@holdfast/core/arguments";
import { utf8Bytes } from "@holdfast/core/event";
import * as z from "zod";

import type { MessageFile, SessionId } from "@holdfast/core";
import type { Services } from "../services.ts";

const signal = z.custom<AbortSignal>((value) => value instanceof AbortSignal, "expected an AbortSignal").optional();

const lines = z.custom<AsyncIterable<unknown> | Iterable<unknown>>(
  (value) => typeof value === "object" && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value),
  "expected lines: something to iterate over, not one text",
);

/** What each method of the facade takes in process: the plain data, and what only here can be handed over. */
export const argumentSchemas = {
  ...plain,
  changePlugins: z.strictObject({ location: plain.location.optional() }),
  events: plain.events.extend({ signal }),
  wait: plain.wait.extend({ signal }),
  import: plain.import.extend({ lines }),
} as const;

/** @throws argument.invalid where a text or its files are larger than an input may be. */
export const assertInputSize = (
  { text, files = [] }: { readonly text: string; readonly files?: readonly MessageFile[] | undefined },
  limits: Pick<Services["limits"], "inputBytes" | "files" | "fileBytes">,
  method: string,
): void => {
  const tooLarge = (found: string, limit: number, advice: string): HoldfastError<"argument.invalid"> =>
    new HoldfastError("argument.invalid", {
      message: `${method} was called with ${found}, and an input holds at most ${limit}. ${advice}; nothing was done.`,
      data: { method, found, limit },
    });
  const bytes = utf8Bytes(text);
  if (bytes > limits.inputBytes) {
    throw tooLarge(`a text of ${bytes} bytes`, limits.inputBytes, "Shorten it, or put it into a file");
  }
  if (files.length > limits.files) throw tooLarge(`${files.length} files`, limits.files, "Send fewer");
  const fileBytes = files.reduce((sum, { data }) => sum + data.length, 0);
  if (fileBytes > limits.fileBytes) {
    const advice = "Send smaller ones, or name them by their paths";
    throw tooLarge(`files of ${fileBytes} bytes of base64 together`, limits.fileBytes, advice);
  }
};

/** The error of a session that is not there. */
export const sessionNotFound = (id: SessionId): HoldfastError<"session.not-found"> =>
  new HoldfastError("session.not-found", {
    message: `There is no session ${id} in this store. Create it first, or check the ID and the store's path.`,
    data: { sessionId: id },
  });
