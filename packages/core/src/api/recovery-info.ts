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

/** What going on with an execution that lost its owner would do. Nothing of it was done, and no tool has looked. */
export interface RecoveryForecast {
  readonly calls: readonly CallForecast[];
  /** Whether going on asks the model again, which costs. */
  readonly asksModel: boolean;
  /**
   * Tokens of input of the next request, were it made now, and what they cost in the host's currency: as it would be charged if nobody could say
   * what it used. Outcomes of calls that are open are not in it. Absent where the model is not asked, or cannot be had here.
   */
  readonly estimate?: { readonly input: number; readonly cost: number };
  /** Inputs that wait. */
  readonly pending: readonly MessageId[];
}

/** Where a session's execution stands when nobody may be working on it. */
export type RecoveryInfo =
  /** Nothing is open and nothing waits. */
  | { readonly status: "none" }
  /** A live owner works on it. */
  | { readonly status: "running"; readonly owner: OwnerId }
  /**
   * All that is open waits for a person, whoever owns it: an answer goes on with it, and nothing else. Where a person is asked whether to go on
   * with what lost its owner, `forecast` says with what; a prompt and `resume` answer that, too.
   */
  | { readonly status: "asking"; readonly asks: readonly AskInfo[]; readonly forecast?: RecoveryForecast }
  /** The owner may be gone; its claim has not been seen to expire. */
  | { readonly status: "unproven"; readonly owner: OwnerId; readonly reason: string }
  /** The owner is gone, and the policy waits for consent: an explicit prompt or `resume`. Nothing was written or spent. */
  | ({ readonly status: "parked"; readonly reason: string } & RecoveryForecast)
  /** It came from another store and was not released: nobody works on it here. */
  | {
      readonly status: "replica";
      /** The node that replicates it here, where the imports name one. */
      readonly replayOwner?: string;
    }
  /** Woken inputs wait, and no execution took them yet. */
  | { readonly status: "unclaimed"; readonly pending: readonly MessageId[] };
