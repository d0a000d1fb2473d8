import type { AskInfo } from "./asks.ts";
import type { CallForecastVerdict } from "../session/decide/call-verdict.ts";
import type { CallId, MessageId, OwnerId } from "../ids/id.ts";

/** An open call, and what recovery would do about it. */
export interface CallForecast {
  readonly callId: CallId;
  readonly name: string;
  readonly state: "called" | "begun";
  /** `probe`: its tool would look whether it happened, and that decides. */
  readonly verdict: CallForecastVerdict;
}

/** Where a session's execution stands when nobody may be working on it. */
export type RecoveryInfo =
  /** Nothing is open and nothing waits. */
  | { readonly status: "none" }
  /** A live owner works on it. */
  | { readonly status: "running"; readonly owner: OwnerId }
  /** All that is open waits for a person, whoever owns it: an answer goes on with it, and nothing else. */
  | { readonly status: "asking"; readonly asks: readonly AskInfo[] }
  /** The owner may be gone; its claim has not been seen to expire. */
  | { readonly status: "unproven"; readonly owner: OwnerId; readonly reason: string }
  /** The owner is gone, and the policy waits for consent: an explicit prompt or `resume`. Nothing was written or spent. */
  | {
      readonly status: "parked";
      readonly reason: string;
      readonly calls: readonly CallForecast[];
      /** Whether going on asks the model again, which costs. */
      readonly asksModel: boolean;
      readonly pending: readonly MessageId[];
    }
  /** It came from another store and was not released: nobody works on it here. */
  | {
      readonly status: "replica";
      /** The node that replicates it here, where the imports name one. */
      readonly replayOwner?: string;
    }
  /** Woken inputs wait, and no execution took them yet. */
  | { readonly status: "unclaimed"; readonly pending: readonly MessageId[] };
