import { inspect } from "node:util";

import { HoldfastError } from "@holdfast/core";

import { AttemptFailed } from "./attempt-failed.ts";
import { classOfProvider } from "./failure-class.ts";
import { member } from "./member.ts";

import type { Failure, FailureClass } from "@holdfast/core/event";

const maxMessageLength = 2_000;

/**
 * What a provider threw, or put into its stream, as one of the closed classes of failures. Never throws, whatever it is given: a
 * provider may reject with a cyclic object, a bigint, or something that throws when it is looked at.
 */
export const toFailure = (error: unknown): Failure => {
  try {
    if (error instanceof AttemptFailed) return error.failure;
    const message = messageOf(error).slice(0, maxMessageLength).toWellFormed();
    return { class: classOf(error, message), message };
  } catch {
    // A getter or a proxy of the provider's that threw: there is nothing more to be learned from it.
    return { class: "invalid-request", message: "The provider failed with a value that cannot be read." };
  }
};

const messageOf = (error: unknown): string => {
  const said =
    typeof error === "string"
      ? error
      : // An error in mid-stream is the provider's raw object.
        (textOf(member(error, "message")) ?? textOf(member(member(error, "error"), "message")));
  if (said !== undefined && said.trim() !== "") return withCause(said, member(error, "cause"));
  if (error instanceof Error) return `${error.name} without a message`;
  return error === undefined || said !== undefined ? "The provider gave no reason." : shown(error);
};

/** "Failed to process successful response" says nothing without what failed it. */
const withCause = (said: string, cause: unknown): string =>
  cause instanceof Error && cause.message !== "" && !said.includes(cause.message) ? `${said}: ${cause.message}` : said;

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

// Not JSON.stringify: it throws for cycles and bigints, and has no bound.
const shown = (value: unknown): string =>
  inspect(value, { depth: 3, breakLength: Infinity, customInspect: false, maxArrayLength: 20, maxStringLength: 500 });

const classOf = (error: unknown, message: string): FailureClass =>
  HoldfastError.isInstance(error) ? classOfOurs(error.code) : classOfProvider(error, message);

const classOfOurs = (code: string): FailureClass => {
  if (code.startsWith("model.")) return "model-unavailable";
  return code === "location.not-found" ? "location-unavailable" : "defect";
};
