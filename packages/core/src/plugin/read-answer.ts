import { readContextSource } from "../context/context-source.ts";
import { canonicalJson } from "../json/canonical.ts";
import { isJsonObject, isJsonValue } from "../json/json-value.ts";
import { stricter } from "../permission/evaluate.ts";
import { effectSchema } from "../permission/rule.ts";
import { deepFreeze } from "../json/deep-freeze.ts";
import { isPaired } from "./is-paired.ts";

import type { ContextSource } from "../context/context-source.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { DecidingHook, HookArgument, RequestMessage } from "./hooks.ts";

/**
 * What a hook makes of a tap's answer: the very thing that the tap was given, where it changed nothing; another one, frozen, with nothing
 * taken from the answer but what the hook lets taps change; undefined for what cannot be read. Each member of an answer is read once.
 */
export const readAnswer: {
  readonly [THook in DecidingHook]: (
    given: HookArgument[THook],
    answer: { readonly [TKey in keyof HookArgument[THook]]?: unknown },
  ) => HookArgument[THook] | undefined;
} = {
  contextCollecting: (given, { sources }) => {
    if (sources === given.sources) return given;
    if (!Array.isArray(sources)) return undefined;
    const known = new Map<unknown, ContextSource>(given.sources.map((source) => [source, source]));
    const all = sources.map((source: unknown) => known.get(source) ?? readContextSource(source));
    const found = all.filter((source) => source !== undefined);
    if (new Set(found.map(({ key }) => key)).size < all.length) return undefined;
    return Object.freeze({ ...given, sources: Object.freeze(found) });
  },
  toolsCollecting: (given, { tools }) => {
    if (tools === given.tools) return given;
    if (!Array.isArray(tools)) return undefined;
    const known = new Map(given.tools.map((tool) => [tool.name, tool]));
    const left = tools.map((tool: unknown) => {
      const name: unknown = isObject(tool) && "name" in tool ? tool.name : undefined;
      const found = typeof name === "string" ? known.get(name) : undefined;
      if (found !== undefined) known.delete(found.name);
      return found;
    });
    if (left.includes(undefined)) return undefined;
    return deepFreeze({ ...given, tools: left.filter((tool) => tool !== undefined) });
  },
  requestPreparing: (given, { messages, providerOptions }) => {
    if (messages === given.messages && providerOptions === given.providerOptions) return given;
    const options = providerOptions === given.providerOptions ? given.providerOptions : toJson(providerOptions);
    const changed = messages === given.messages ? given.messages : toMessages(given.messages, messages);
    if (!isJsonObject(options) || changed === undefined) return undefined;
    return Object.freeze({ ...given, messages: changed, providerOptions: options });
  },
  toolCallPreparing: (given, { input }) => {
    if (input === given.input) return given;
    const changed = toJson(input);
    return isJsonObject(changed) ? Object.freeze({ ...given, input: changed }) : undefined;
  },
  toolCallAuthorizing: (given, { effect }) => {
    if (effect === given.effect) return given;
    const found = effectSchema.safeParse(effect);
    // A tap may only tighten: what another one refused stays refused.
    return found.success ? Object.freeze({ ...given, effect: stricter(given.effect, found.data) }) : undefined;
  },
  toolResultShaping: (given, { content, structured }) => {
    if (content === given.content && structured === given.structured) return given;
    if (typeof content !== "string") return undefined;
    const { structured: before, ...rest } = given;
    if (structured === undefined) return Object.freeze({ ...rest, content });
    const value = structured === before ? before : toJson(structured);
    return value === undefined ? undefined : Object.freeze({ ...rest, content, structured: value });
  },
  compactionPreparing: (given, answer) => {
    const instructions = toMore(given.instructions, answer.instructions);
    const keep = toMore(given.keep, answer.keep);
    if (instructions === undefined || keep === undefined) return undefined;
    if (instructions === given.instructions && keep === given.keep) return given;
    return Object.freeze({ ...given, instructions, keep });
  },
};

/** Characters that one tap may add to a list of texts. */
const mostAdded = 4_000;

/** The texts that are there, and those of an answer that are not. */
const toMore = (given: readonly string[], answer: unknown): readonly string[] | undefined => {
  if (answer === given) return given;
  const texts = toJson(answer);
  if (!Array.isArray(texts) || !texts.every((text) => typeof text === "string")) return undefined;
  const added = texts.filter((text) => text !== "" && !given.includes(text));
  if (added.join("").length > mostAdded) return undefined;
  return added.length === 0 ? given : Object.freeze([...given, ...added]);
};

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** A copy that its giver cannot change any more; undefined for what is no JSON. Throws for what cannot be copied. */
const toJson = (value: unknown): JsonValue | undefined => {
  const copy: unknown = structuredClone(value);
  if (!isJsonValue(copy)) return undefined;
  // What cannot be sealed is found here, where it is known whose it is.
  canonicalJson(copy);
  return deepFreeze(copy);
};

const toMessages = (given: readonly RequestMessage[], answer: unknown): readonly RequestMessage[] | undefined => {
  if (!Array.isArray(answer)) return undefined;
  const known = new Map<unknown, RequestMessage>(given.map((message) => [message, message]));
  const messages = answer.map((message: unknown) => known.get(message) ?? toMessage(message));
  if (messages.includes(undefined)) return undefined;
  const found = messages.filter((message) => message !== undefined);
  return isPaired(found) ? Object.freeze(found) : undefined;
};

const roles = new Set<unknown>(["user", "assistant", "tool"]);

const toMessage = (value: unknown): RequestMessage | undefined => {
  const message = toJson(value);
  if (!isJsonObject(message)) return undefined;
  const { role, content } = message;
  const isFit = role === "system" ? typeof content === "string" : roles.has(role) && Array.isArray(content);
  return isFit ? (message as unknown as RequestMessage) : undefined;
};
