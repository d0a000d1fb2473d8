import { member } from "./member.ts";

import type { FailureClass } from "@holdfast/core/event";

/**
 * The class of what a provider threw, or put into its stream. What a provider says in words of its own decides where its status does
 * not: an error in mid-stream has none, and a request that is too long has that of any bad request.
 */
export const classOfProvider = (error: unknown, message: string): FailureClass => {
  const status = statusOf(error);
  // Not by its words: "too many tokens" under 429 is a limit on the rate.
  const decided = status === undefined ? undefined : classOfStatus[status];
  if (decided !== undefined) return decided;
  const words = wordsOf(error);
  if (overflow.test(message) || overflow.test(words)) return "context-overflow";
  for (const [pattern, found] of classOfWords) if (pattern.test(words)) return found;
  if (status !== undefined && status >= 500) return "overloaded";
  if (status !== undefined && status >= 400) return "invalid-request";
  // A reset connection throws an API error with status 200 (measured): it broke on the way.
  return isTransport(error, words, message) ? "transport" : "invalid-request";
};

/** Statuses that say enough. */
const classOfStatus: { readonly [status: number]: FailureClass | undefined } = {
  401: "authentication",
  403: "authentication",
  404: "model-unavailable",
  408: "transport",
  409: "overloaded",
  413: "context-overflow",
  429: "rate-limit",
};

/** How providers say that the conversation is too long, or shows too many images for their size: OpenAI, Anthropic, Google, Bedrock, Mistral, xAI, Groq, llama.cpp. */
const overflow =
  /context.{0,20}(?:length|window|limit|size)|maximum (?:context|prompt length)|too many tokens|prompt is too long|input is too long|token count.{0,40}exceeds|reduce the length|string_above_max_length|many-image requests/i;

/** Names of errors, and codes and types in their bodies, where no status decided. */
const classOfWords: readonly (readonly [RegExp, FailureClass])[] = [
  [/content.?(?:filter|policy|management)/i, "content-filter"],
  [/rate.?limit|too.?many.?requests|resource.?exhausted|throttl|insufficient_quota/i, "rate-limit"],
  [/overloaded|server.?error|\binternal|\bapi_error\b|unavailable|bad.?gateway|deadline.?exceeded/i, "overloaded"],
  [/authenticat|api.?key|unauthori[sz]ed|permission|forbidden/i, "authentication"],
  [/no.?such.?model|model.?not.?found|not_found_error/i, "model-unavailable"],
  // What arrived is no answer: a chunk that does not parse, or a body that is empty.
  [
    /AI_(?:JSONParse|TypeValidation|InvalidResponseData|EmptyResponseBody|NoContentGenerated)Error/,
    "incomplete-stream",
  ],
];

const statusOf = (error: unknown): number | undefined => {
  const found = [error, member(error, "error")].flatMap((one) => [
    member(one, "statusCode"),
    member(one, "status"),
    member(one, "code"),
  ]);
  return found.find((value): value is number => typeof value === "number" && value >= 100 && value < 600);
};

/** What an error calls itself: its name, and the types and codes of itself and of the body that it carries. */
const wordsOf = (error: unknown): string => {
  const inner = [error, member(error, "error"), member(member(error, "data"), "error")];
  const found = inner.flatMap((one) => [
    member(one, "name"),
    member(one, "type"),
    member(one, "code"),
    member(one, "status"),
  ]);
  // Packages wrap what they could not read; which error that was is the cause's to say.
  found.push(member(member(error, "cause"), "name"));
  return found.filter((word) => typeof word === "string").join(" ");
};

/** Levels of causes that are looked at. */
const maxCauses = 5;

const isTransport = (error: unknown, words: string, message: string): boolean => {
  if (member(error, "isRetryable") === true || /\b(?:AbortError|TimeoutError|timeout_error)\b/.test(words)) return true;
  // What `fetch` throws is a TypeError, like every mistake of a provider's own code.
  if (error instanceof TypeError && /^(?:fetch failed|failed to fetch|terminated|network)/i.test(message)) return true;
  for (
    let cause = error, level = 0;
    cause !== undefined && level < maxCauses;
    level++, cause = member(cause, "cause")
  ) {
    const code = member(cause, "code");
    if (typeof code === "string" && /^(?:E[A-Z]{3,}|EAI_[A-Z]+|UND_ERR_[A-Z_]+|ERR_STREAM_\w+)$/.test(code))
      return true;
  }
  return false;
};
