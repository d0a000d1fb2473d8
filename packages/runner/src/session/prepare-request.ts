import { canonicalJson, deepFreeze } from "@holdfast/core";
import { noUsage } from "@holdfast/core/event";

import { charactersOf, toTokens } from "../model/estimate.ts";
import { toCost } from "../model/to-usage.ts";
import { sha256 } from "../ports/sha256.ts";
import { assembleRequest } from "./assemble-request.ts";
import { collectTools } from "./collect-tools.ts";

import type { LanguageModelV4Prompt, SharedV4ProviderOptions } from "@ai-sdk/provider";
import type { JsonObject, JsonValue, SessionId } from "@holdfast/core";
import type { RequestMessage, RequestPreparation } from "@holdfast/core/plugin";
import type { AssembledRequest, RequestGround, RequestParts } from "./assemble-request.ts";

/** What a request is prepared from: for taps of plugins, whose it is. */
export interface PreparedGround extends RequestGround {
  readonly sessionId: SessionId;
  readonly agent: string;
}

const noOptions: JsonObject = Object.freeze({});

/** The request that shows the model the history as it is, and what plugins made of it: they choose among the tools before, and change it after. */
export const prepareRequest = async (ground: PreparedGround, parts: RequestParts): Promise<AssembledRequest> => {
  const { hooks, sessionId, agent, model } = ground;
  const subject = { sessionId, agent, model: deepFreeze({ ...model.ref }) };
  const tools = await collectTools(hooks, ground.tools, subject);
  const request = assembleRequest({ ...ground, tools }, parts);
  if (!hooks.requestPreparing.isUsed()) return request;
  // Shown as they are, since a copy would cost more with each turn.
  const messages = ground.prompts.frozen(request.options.prompt) as unknown as readonly RequestMessage[];
  const given = Object.freeze({ ...subject, messages, providerOptions: noOptions });
  const prepared = await hooks.requestPreparing.promise(given);
  return prepared === given ? request : toChanged(request, prepared, ground);
};

const toChanged = (
  request: AssembledRequest,
  { messages, providerOptions }: RequestPreparation,
  { model }: RequestGround,
): AssembledRequest => {
  const prompt = [...messages] as unknown as LanguageModelV4Prompt;
  const text = canonicalJson(messages as unknown as JsonValue);
  const { toolsBlob, callable } = request;
  const input = toTokens(charactersOf(prompt, text.length) + (toolsBlob?.text?.length ?? 0));
  const told = `${sha256(text)} ${canonicalJson(providerOptions)} ${toolsBlob?.hash ?? ""} ${callable}`;
  return {
    ...request,
    options: { ...request.options, prompt, providerOptions: providerOptions as SharedV4ProviderOptions },
    hookedHash: sha256(told),
    estimate: { input, cost: toCost({ ...noUsage, input }, model.price) },
  };
};
