import { deepFreeze } from "@holdfast/core";
import { noUsage } from "@holdfast/core/event";

import { charactersOf, toTokens } from "../model/estimate.ts";
import { toCost } from "../model/to-usage.ts";
import { sha256 } from "../ports/sha256.ts";
import { assembleRequest } from "./assemble-request.ts";
import { collectTools } from "./collect-tools.ts";
import { hookRequest } from "./hook-request.ts";

import type { SessionId } from "@holdfast/core";
import type { AssembledRequest, RequestGround, RequestParts } from "./assemble-request.ts";
import type { HookedRequest } from "./hook-request.ts";

/** What a request is prepared from: for taps of plugins, whose it is. */
export interface PreparedGround extends RequestGround {
  readonly sessionId: SessionId;
  readonly agent: string;
}

/** The request that shows the model the history as it is, and what plugins made of it: they choose among the tools before, and change it after. */
export const prepareRequest = async (ground: PreparedGround, parts: RequestParts): Promise<AssembledRequest> => {
  const { sessionId, agent, model } = ground;
  const subject = { sessionId, agent, model: deepFreeze({ ...model.ref }) };
  const tools = await collectTools(ground, subject);
  const request = assembleRequest({ ...ground, tools }, parts);
  // Shown as they are, since a copy would cost more with each turn.
  const hooked = await hookRequest(ground, subject, () => ground.prompts.frozen(request.options.prompt));
  return hooked === undefined ? request : toChanged(request, hooked, ground);
};

const toChanged = (
  request: AssembledRequest,
  { prompt, providerOptions, characters, told }: HookedRequest,
  { model }: RequestGround,
): AssembledRequest => {
  const { toolsBlob, callable } = request;
  const input = toTokens(charactersOf(prompt, characters) + (toolsBlob?.text?.length ?? 0));
  return {
    ...request,
    options: { ...request.options, prompt, providerOptions },
    hookedHash: sha256(`${told} ${toolsBlob?.hash ?? ""} ${callable}`),
    estimate: { input, cost: toCost({ ...noUsage, input }, model.price) },
  };
};
