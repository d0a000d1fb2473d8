import { modelRefSchema } from "../session/model-ref.ts";

/** A reference to a model that can be sealed. */
export const sealableModelRefSchema = modelRefSchema.refine(
  ({ id, provider = "" }) => id.isWellFormed() && provider.isWellFormed(),
  "expected well-formed Unicode, found a lone surrogate",
);
