import { HoldfastError } from "@holdfast/core";

import type { AskRow } from "@holdfast/core/store";
import type { Answer } from "./answer.ts";

type Named = Pick<Answer, "sessionId" | "askId">;

/** Why an answer is not taken. Nothing was done then. */
export const askRefusals = {
  notFound: ({ sessionId, askId }: Named): HoldfastError<"ask.not-found"> =>
    new HoldfastError("ask.not-found", {
      message: `Expected an ask ${askId} in session ${sessionId}, found none. List the session's asks, and answer one of them; nothing was done.`,
      data: { sessionId, askId },
    }),
  changed: ({ sessionId, askId }: Named, { identity }: AskRow): HoldfastError<"ask.changed"> =>
    new HoldfastError("ask.changed", {
      message: `Expected the identity of ask ${askId}, found another one: the answer is for something else than what is asked. Look at what the ask shows, and answer with its identity; nothing was done.`,
      data: { sessionId, askId, identity },
    }),
  closed: ({ sessionId, askId }: Named, why: string): HoldfastError<"ask.closed"> =>
    new HoldfastError("ask.closed", {
      message: `Expected ask ${askId} to be open, found that ${why}. List the session's asks for those that are; nothing was done.`,
      data: { sessionId, askId, why },
    }),
  mismatch: ({ sessionId, askId }: Named, why: string): HoldfastError<"ask.mismatch"> =>
    new HoldfastError("ask.mismatch", {
      message: `Expected an answer to what ask ${askId} shows, found that ${why}. Correct it; nothing was done.`,
      data: { sessionId, askId, why },
    }),
};
