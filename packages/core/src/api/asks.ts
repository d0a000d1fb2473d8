import type { Cursor } from "../cursor/cursor.ts";
import type { AskAnswer, AskExpiredReason, AskKind, AskShown } from "../event/ask-events.ts";
import type { AskId, CallId, SessionId } from "../ids/id.ts";
import type { Effect, Rule } from "../permission/rule.ts";
import type { Approval } from "../store/approval.ts";

/** A durable question to a person, with all that is needed to answer it. */
export interface AskInfo {
  readonly askId: AskId;
  readonly sessionId: SessionId;
  /** The session at the top of the line of parents: what a host lists by, to see what a whole family asks. */
  readonly rootId: SessionId;
  readonly parentId?: SessionId;
  readonly agent: string;
  readonly kind: AskKind;
  /** The call that waits; absent where the execution does. */
  readonly callId?: CallId;
  /** SHA-256 over the call, its input and what is shown: named in the answer, which is for this and nothing else. */
  readonly identity: string;
  readonly shown: AskShown;
  readonly state: "open" | "answered" | "expired";
  /** Epoch milliseconds. */
  readonly createdTime: number;
  /** When it expires unanswered, in epoch milliseconds; absent for never. */
  readonly expires?: number;
  readonly answer?: AskAnswer;
  /** Who answered, in the host's words. */
  readonly by?: string;
  /** Why it is over without an answer. */
  readonly expiredReason?: AskExpiredReason;
}

/** Which open asks to list: by session ID, then in the order in which they were opened. */
export interface ListAsks {
  readonly sessionId?: string | undefined;
  /** Those of all sessions beneath a root, itself included. */
  readonly rootId?: string | undefined;
  /** 1 to 200. Default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly page?: string | undefined;
}

/** A page of asks; `next` is there while more may follow. */
export interface AskPage {
  readonly asks: readonly AskInfo[];
  readonly next?: string;
}

/** An answer, for what its giver has seen. */
export interface AnswerAsk {
  readonly sessionId: string;
  readonly askId: string;
  /** `identity` of the ask as it was shown. */
  readonly identity: string;
  /** At most 256 KiB as JSON. */
  readonly answer: AskAnswer;
  /** Who answers, in the host's words: 1 to 255 characters. */
  readonly by?: string | undefined;
  /** Whether "always" is for the session's agent alone. Default false. */
  readonly agentOnly?: boolean | undefined;
}

/** The durable acceptance of one answer. */
export interface AnswerReceipt {
  readonly sessionId: SessionId;
  readonly askId: AskId;
  /** Right after the answer: events after it are what came of it. */
  readonly cursor: Cursor;
  /** Whether this very answer had been given before. */
  readonly replayed: boolean;
  /** Other asks of the session that were answered with it, because an approval that it saved covers them. */
  readonly alsoAnswered: readonly AskId[];
  /** Other asks of the session that are over with it, because it denied. */
  readonly alsoExpired: readonly AskId[];
}

/** What the permissions of a session say of one action on one resource, and what of them decided. */
export interface Explanation {
  readonly effect: Effect;
  /**
   * `rules`: the runtime's and the agent's, of which the last match decides. `inherited`: a deny that the session was created with.
   * `execution`: a deny that the open execution recorded. `approval`: a saved one. `unknown-agent`: no such agent here, which denies.
   * `default`: nothing matches, which asks.
   */
  readonly by: "rules" | "inherited" | "execution" | "approval" | "unknown-agent" | "default";
  readonly rule?: Rule;
  readonly approval?: Approval;
}

/**
 * What people are asked, from anywhere: permissions, questions, unknown effects, budgets. Every method rejects with `session.not-found` for
 * a session that does not exist, with `argument.invalid` for what does not fit, and with `runtime.disposed` after disposal.
 */
export interface Asks {
  /** Open asks. */
  list(query?: ListAsks): Promise<AskPage>;
  /** An ask, open or over; null where there is none. */
  get(query: { readonly sessionId: string; readonly askId: string }): Promise<AskInfo | null>;
  /**
   * Answers an ask, once, and goes on with what waited for it: here, where no living process owns it. To deny a permission ends the other
   * permission asks of the session, too; to answer "always" saves the approvals that were shown, and answers what they cover; to dismiss a
   * question interrupts the activity. An exact retry returns the receipt again, and goes on with what nobody has gone on with.
   *
   * @throws ask.not-found
   * @throws ask.changed where the identity is not the ask's: look at what is shown now.
   * @throws ask.closed where it was answered otherwise, or is over: nothing was done.
   * @throws ask.mismatch where the answer is none to this question.
   * @throws session.replica
   */
  answer(answer: AnswerAsk): Promise<AnswerReceipt>;
  /** Saved approvals of a project, or of a session's project, oldest first. */
  approvals(query: { readonly sessionId: string } | { readonly project: string }): Promise<readonly Approval[]>;
  /** Takes an approval back: what has not begun by then is asked for again. False where there was none. */
  revoke(approval: {
    readonly project: string;
    readonly action: string;
    readonly resource: string;
    /** Default: the one that is for every agent. */
    readonly agent?: string | null | undefined;
  }): Promise<boolean>;
  /** What the permissions say of an action on a resource, as this runtime would decide now. Writes nothing, asks nobody and no plugin. */
  explain(request: {
    readonly sessionId: string;
    /** Default: the session's. */
    readonly agent?: string | undefined;
    readonly action: string;
    readonly resource: string;
  }): Promise<Explanation>;
}
