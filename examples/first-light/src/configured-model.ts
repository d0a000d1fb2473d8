import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { HoldfastError } from "@holdfast/core";

import type { ResolveModel } from "@holdfast/runner";

/** Which model to ask, from the environment. */
export interface ModelConfiguration {
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
}

/**
 * What `HOLDFAST_BASE_URL`, `HOLDFAST_MODEL` and `HOLDFAST_API_KEY` say; undefined where the first two are not both set.
 *
 * @throws argument.invalid where the first is no URL of a server.
 */
export const configurationFromEnvironment = (): ModelConfiguration | undefined => {
  const { HOLDFAST_BASE_URL: baseUrl, HOLDFAST_MODEL: model, HOLDFAST_API_KEY: apiKey } = process.env;
  if (baseUrl === undefined || baseUrl === "" || model === undefined || model === "") return undefined;
  if (/^https?:\/\//i.test(baseUrl) && URL.canParse(baseUrl)) return { baseUrl, model, apiKey };
  throw new HoldfastError("argument.invalid", {
    message: `Expected HOLDFAST_BASE_URL to be an http or https URL, for example http://127.0.0.1:11434/v1, found ${JSON.stringify(baseUrl)}. Set it to your model's endpoint.`,
  });
};

/** The model as a runtime takes it, through the AI SDK's provider for OpenAI-compatible servers. */
export const toResolveModel = ({ baseUrl, model, apiKey }: ModelConfiguration): ResolveModel => {
  const provider = createOpenAICompatible({
    name: "configured",
    baseURL: baseUrl,
    includeUsage: true,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  return ({ id }) => (id === "default" || id === model ? { model: provider.chatModel(model) } : null);
};
