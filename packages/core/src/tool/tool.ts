import type * as z from "zod";
import type { ReplayPolicy } from "../event/tool-events.ts";
import type { JsonValue } from "../json/json-value.ts";
import type { ExecuteContext, PrepareContext, ProbeContext, SalvageContext } from "./tool-context.ts";

/**
 * What a probe found of an effect that may have happened. `happened`: all of it, with the output that `execute` would have returned. `not`:
 * nothing of it. `partial`: some of it. `unknown`: it cannot be told. `detail` is shown to the person who is asked then, at most 10,000
 * characters of it.
 */
export type ProbeResult<TOutput = unknown> =
  | { readonly outcome: "happened"; readonly output: TOutput }
  | { readonly outcome: "not" | "partial" | "unknown"; readonly detail?: string | undefined };

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
  /**
   * What recovery may do with a call that had begun. `never` (the default) settles it as unknown. `safe` runs it again. `keyed` runs it again,
   * for a service that recognises `ctx.effectKey` and does nothing twice. `probe` asks `probe`. Where the policy was another one when
   * the call began, the stricter is obeyed: `never`, `probe`, `keyed`, `safe`.
   */
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
  /**
   * Looks whether an effect happened, after the process that had begun it is gone; for the policy `probe`, and only there. Observes and
   * changes nothing. `effect` is as it was recorded, perhaps by another version of this tool: parse it. What it throws, what does
   * not fit, and what takes longer than the runtime's `limits.probeMs` counts as `unknown`.
   */
  probe?(effect: JsonValue, ctx: ProbeContext): Promise<ProbeResult<TOutput>> | ProbeResult<TOutput>;
  /**
   * Called once a session was taken over, for a call that had begun in a process that is gone and that settles as unknown: ends what that
   * process left running, and says what can be said of it. It repeats nothing and asks nothing, has 5 s, and is no promise: a session
   * that is only ended calls nobody. Returns what the model reads beside that the outcome is unknown; "" for nothing.
   */
  salvage?(ctx: SalvageContext): Promise<string> | string;
  /** What the model reads of an output. Default: a string as it is, anything else as JSON. */
  present?(output: TOutput): string;
}

const brand = Symbol.for("holdfast.tool");

/** A tool as plugins register it: a definition, checked and frozen. */
export type Tool = Readonly<ToolDefinition<never, never>> & { readonly [brand]: true };

export { brand as toolBrand };
