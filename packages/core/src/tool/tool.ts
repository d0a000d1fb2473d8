import type * as z from "zod";
import type { ReplayPolicy } from "../event/tool-events.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { ExecuteContext, PrepareContext } from "./tool-context.ts";

/** What a tool author writes. `TInput` and `TOutput` are what the schemas parse to. */
export interface ToolDefinition<TInput = unknown, TOutput = unknown, TEffect extends JsonValue = JsonValue> {
  /** Fits every provider: 1 to 64 of `[a-zA-Z0-9_-]`. */
  readonly name: string;
  /** What the model reads to decide when to call it. */
  readonly description: string;
  /** Parses the model's input; what does not fit never reaches `prepare`. */
  readonly input: z.ZodType<TInput>;
  /** Checks what `execute` returns; what does not fit is never a success. */
  readonly output: z.ZodType<TOutput>;
  /** What recovery may do with a call that had begun: `never` settles it as unknown (the default), `safe` runs it again. */
  readonly replay?: ReplayPolicy;
  /** How long `prepare` and `execute` may take together, in milliseconds; waiting for a person does not count. Default 600,000. */
  readonly timeoutMs?: number;
  /**
   * Resolves, reads and asks; changes nothing. Returns the effect that will happen, as JSON: it is durable before `execute`
   * starts. Without it, the call is begun at once with the effect null, and the runtime asks the rules for (name, "*").
   */
  prepare?(input: TInput, ctx: PrepareContext): Promise<TEffect> | TEffect;
  /** Does it. Asks nothing. Throws `ToolFailure` for what the model should read; anything else thrown is a defect. */
  execute(input: TInput, ctx: ExecuteContext): Promise<TOutput> | TOutput;
  /** What the model reads of an output. Default: a string as it is, anything else as JSON. */
  present?(output: TOutput): string;
}

const brand = Symbol.for("holdfast.tool");

/** A tool as plugins register it: a definition, checked and frozen. */
export type Tool = Readonly<ToolDefinition<never, never>> & { readonly [brand]: true };

export { brand as toolBrand };
