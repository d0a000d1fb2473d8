import type { LanguageModelV4 } from "@ai-sdk/provider";

/** What a provider says, whatever its wire. A call and a text that are `open` are never ended. */
export type Beat =
  | { readonly type: "text" | "reasoning"; readonly deltas: readonly string[]; readonly open?: boolean }
  | {
      readonly type: "call";
      readonly id: string;
      readonly name: string;
      readonly deltas: readonly string[];
      readonly open?: boolean;
    }
  | { readonly type: "end"; readonly reason: "stop" | "tool-calls" | "content-filter" | "length" }
  /** An error in mid-stream. */
  | { readonly type: "trouble"; readonly trouble: Trouble };

/** What a provider refuses a request for. */
export type Trouble = "rate-limit" | "server" | "overloaded" | "overflow" | "key" | "invalid" | "quota";

/** A refusal as a provider sends it. */
export interface Refusal {
  readonly status: number;
  readonly body: unknown;
}

/** One of the wires that providers speak, and the public package that speaks it on our side. */
export interface Wire {
  readonly name: string;
  /** The package's model, at a server. */
  readonly model: (baseURL: string) => LanguageModelV4;
  /** The frames of a stream, each a server-sent event. */
  readonly frames: (beats: readonly Beat[]) => readonly string[];
  readonly refusal: (trouble: Trouble) => Refusal;
}

export const said = (...deltas: readonly string[]): Beat => ({ type: "text", deltas });
export const thought = (...deltas: readonly string[]): Beat => ({ type: "reasoning", deltas });
export const called = (id: string, name: string, ...deltas: readonly string[]): Beat => ({
  type: "call",
  id,
  name,
  deltas,
});
export const ended = (reason: "stop" | "tool-calls" | "content-filter" | "length" = "stop"): Beat => ({
  type: "end",
  reason,
});
export const troubled = (trouble: Trouble): Beat => ({ type: "trouble", trouble });
/** A beat that breaks off before its end. */
export const open = (beat: Beat): Beat => ("deltas" in beat ? { ...beat, open: true } : beat);
