import type * as z from "zod";
import type { argumentSchemas } from "./arguments.ts";

/** What `asks.answer` was given, checked. */
export type Answer = z.output<typeof argumentSchemas.answer>;
