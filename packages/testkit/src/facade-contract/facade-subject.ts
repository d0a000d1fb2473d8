import type { Holdfast, ModelRef, Rule } from "@holdfast/core";
import type { Plugin } from "@holdfast/core/plugin";
import type { Budget } from "@holdfast/core/session";
import type { ScriptedModel } from "../model/scripted-model.ts";

/** What a facade of the suite is made with. */
export interface FacadeOptions {
  /** Answers for every reference but `{ id: "unknown" }`, which nobody knows. */
  readonly model: ScriptedModel;
  readonly plugins: readonly Plugin[];
  readonly rules: readonly Rule[];
  /** Models that the host lists beside its default, `{ id: "default" }`. Default: none. */
  readonly models?: readonly { readonly ref: ModelRef; readonly title?: string }[];
  /** What an activity may use. Default: what the implementation allows. */
  readonly budget?: Budget;
  /** Whether people are asked, and how long for. Default: they are, without end. */
  readonly asks?: { readonly policy?: "wait" | "deny"; readonly expireMs?: number; readonly restMs?: number };
}

/** A facade that the suite is run on. */
export interface FacadeSubject {
  /** A facade over an empty store of its own. The suite disposes of it. */
  readonly create: (options: FacadeOptions) => Promise<Holdfast>;
  /** Laws that it does not keep, by their titles, each with the reason: they are listed as not run, with it. Default: none. */
  readonly deviations?: Readonly<Record<string, string>>;
}
