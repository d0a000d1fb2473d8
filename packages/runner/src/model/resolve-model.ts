import { HoldfastError } from "@holdfast/core";

import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { ModelRef } from "@holdfast/core";
import type { Price, ResolveModel } from "../runtime-options.ts";
import type { TakenMedia } from "./to-file-part.ts";

/** A model that can be driven, and what it was called. */
export interface ReadyModel {
  readonly ref: ModelRef;
  readonly model: LanguageModelV4;
  readonly price: Price | undefined;
  readonly media: TakenMedia;
  /** How many tokens a request may hold; undefined where nobody says. */
  readonly contextTokens: number | undefined;
}

/**
 * Resolves a reference through the host's function, and brings models of older specifications to v4.
 *
 * @throws model.unknown where the host knows none such.
 * @throws model.unsupported where it follows no specification that can be driven.
 */
export const resolveModel = async (ref: ModelRef, resolve: ResolveModel): Promise<ReadyModel> => {
  const resolved = await resolve(ref);
  if (resolved === null || resolved === undefined) {
    throw new HoldfastError("model.unknown", {
      message: `The runtime's model function does not know the model ${JSON.stringify(ref.id)}. Use one that it returns, or add this one to it.`,
      data: { ...ref },
    });
  }
  const { contextTokens, media, price } = resolved;
  const isKnown = typeof contextTokens === "number" && Number.isFinite(contextTokens) && contextTokens >= 1;
  return {
    ref,
    model: await toV4(resolved.model, ref),
    price,
    media,
    contextTokens: isKnown ? Math.floor(contextTokens) : undefined,
  };
};

const toV4 = async (model: { readonly specificationVersion: string }, ref: ModelRef): Promise<LanguageModelV4> => {
  switch (model.specificationVersion) {
    case "v4":
      return model as LanguageModelV4;
    case "v2":
    case "v3": {
      // Only here is `ai` needed, and it costs 110 ms and 29 MB to load.
      const { wrapLanguageModel } = await import("ai");
      return wrapLanguageModel({ model: model as LanguageModelV4, middleware: [] });
    }
    default:
      throw new HoldfastError("model.unsupported", {
        message: `Expected a language model of the AI SDK with specification v2, v3 or v4 for ${JSON.stringify(ref.id)}, found ${JSON.stringify(model.specificationVersion)}. Use a provider package that matches.`,
        data: { model: ref.id, found: model.specificationVersion },
      });
  }
};
