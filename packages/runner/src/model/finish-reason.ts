import { member } from "./member.ts";
import { textOf } from "./to-model-call.ts";

const maxLength = 100;

/** Why a model stopped, in the provider's unified word; undefined where it says none. Older specifications give the word alone. */
export const finishReason = (reason: unknown): string | undefined => {
  const word = textOf(typeof reason === "string" ? reason : member(reason, "unified"));
  return word === "" ? undefined : word.slice(0, maxLength).toWellFormed();
};
