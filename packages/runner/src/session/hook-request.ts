import { canonicalJson } from "@holdfast/core";

import { unlessAborted } from "../location/unless-aborted.ts";
import { sha256 } from "../ports/sha256.ts";

import type { LanguageModelV4Message, LanguageModelV4Prompt, SharedV4ProviderOptions } from "@ai-sdk/provider";
import type { JsonObject, JsonValue } from "@holdfast/core";
import type { LocationHooks, RequestMessage } from "@holdfast/core/plugin";
import type { RequestSubject } from "./collect-tools.ts";

/** What plugins made of a request. */
export interface HookedRequest {
  readonly prompt: LanguageModelV4Prompt;
  readonly providerOptions: SharedV4ProviderOptions;
  /** Characters of its messages as they are hashed. */
  readonly characters: number;
  /** Tells this request from any other that shows the same beside its messages. */
  readonly told: string;
}

const noOptions: JsonObject = Object.freeze({});

/** Asks the taps of `requestPreparing`. Undefined where they leave the request as it is. */
export const hookRequest = async (
  { hooks: { requestPreparing }, signal }: { readonly hooks: LocationHooks; readonly signal: AbortSignal },
  subject: RequestSubject,
  frozen: () => readonly LanguageModelV4Message[],
): Promise<HookedRequest | undefined> => {
  if (!requestPreparing.isUsed()) return undefined;
  const given = Object.freeze({
    ...subject,
    messages: frozen() as unknown as readonly RequestMessage[],
    providerOptions: noOptions,
  });
  const prepared = await unlessAborted(requestPreparing.promise(given), signal);
  if (prepared === given) return undefined;
  const { messages, providerOptions } = prepared;
  const text = canonicalJson(messages as unknown as JsonValue);
  return {
    prompt: [...messages] as unknown as LanguageModelV4Prompt,
    providerOptions: providerOptions as SharedV4ProviderOptions,
    characters: text.length,
    told: `${sha256(text)} ${canonicalJson(providerOptions)}`,
  };
};
