// Entry "./arguments": for who takes calls of the facade, in process or over a wire.
export { argumentSchemas } from "./wire/argument-schemas.ts";
export { metadataSchema } from "./wire/metadata.ts";
export { parseArguments } from "./wire/parse-arguments.ts";
export { sealableModelRefSchema } from "./wire/sealable-model-ref.ts";
export { wellFormedSchema } from "./wire/well-formed.ts";

export type { ArgumentName } from "./wire/argument-schemas.ts";
