import { canonicalJson } from "@holdfast/core";

import type { ModelInfo } from "@holdfast/core";
import type { FakeKernel } from "./fake-kernel.ts";

/** The default model, and those that are listed and known, each once. */
export const fakeModels = ({ disposal, options }: FakeKernel): readonly ModelInfo[] => {
  disposal.throwIfAborted();
  const found = new Map<string, ModelInfo>();
  for (const { ref, ...told } of [{ ref: { id: "default" } }, ...(options.models ?? [])]) {
    if (options.knowsModel?.(ref) === false) continue;
    const key = canonicalJson({ ...ref });
    const known = found.get(key);
    found.set(
      key,
      known === undefined ? { ref, ...told, isDefault: found.size === 0, agents: [] } : { ...told, ...known },
    );
  }
  return [...found.values()];
};
