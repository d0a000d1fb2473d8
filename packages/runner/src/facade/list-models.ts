import type { ModelInfo, ModelRef } from "@holdfast/core";
import type { Services } from "../services.ts";

/** The models that the host offers, each once: its default, its agents', and those that it lists. */
export const listModels = async (services: Services): Promise<readonly ModelInfo[]> => {
  const { agents, defaultModel, models } = services;
  const found = new Map<string, ModelRef>();
  const add = (ref: ModelRef): void => void found.set(keyOf(ref), found.get(keyOf(ref)) ?? ref);
  add(defaultModel);
  for (const { model } of Object.values(agents)) if (model !== undefined) add(model);
  for (const { ref } of models) add(ref);
  const infos = await Promise.all(
    [...found].map(async ([key, ref]): Promise<ModelInfo | undefined> => {
      const known = await lookUp(services, ref);
      if (known === undefined) return undefined;
      const title = models.find((offered) => keyOf(offered.ref) === key)?.title;
      const { contextTokens } = known;
      return {
        ref,
        ...(title === undefined ? {} : { title }),
        ...(contextTokens === undefined ? {} : { contextTokens }),
        isDefault: key === keyOf(defaultModel),
        agents: Object.entries(agents).flatMap(([name, { model }]) =>
          model !== undefined && keyOf(model) === key ? [name] : [],
        ),
      };
    }),
  );
  return infos.filter((info) => info !== undefined);
};

/** What the host's function says; undefined where it does not know the model. */
const lookUp = async (
  { logger, model }: Services,
  ref: ModelRef,
): Promise<{ readonly contextTokens?: number } | undefined> => {
  try {
    return (await model(ref)) ?? undefined;
  } catch (error) {
    // Out of reach at the moment is not unknown: whoever prompts is told.
    logger.warn("a model that is offered could not be resolved", { ...ref, error: String(error) });
    return {};
  }
};

const keyOf = ({ id, provider }: ModelRef): string => JSON.stringify([provider ?? null, id]);
