import { modelRefSchema, parseJson, ruleSchema } from "@holdfast/core";
import * as z from "zod";

import type { Location, ModelRef, Rule } from "@holdfast/core";
import type { SessionRow } from "@holdfast/core/store";

/** A session's Location, from its row. */
export const locationOf = ({ directory, workspaceId }: SessionRow): Location => ({
  directory,
  ...(workspaceId === null ? {} : { workspaceId }),
});

/** A session's own model, from its row. */
export const modelOf = ({ model }: SessionRow): ModelRef | undefined => {
  if (model === null) return undefined;
  const parsed = parseJson(model);
  return parsed.ok ? modelRefSchema.parse(parsed.value) : undefined;
};

const ruleListsSchema = z.array(z.array(ruleSchema));

/** Rule lists as a row keeps them. */
export const rulesFrom = (text: string): readonly (readonly Rule[])[] => {
  const parsed = parseJson(text);
  return ruleListsSchema.parse(parsed.ok ? parsed.value : undefined);
};
