import type { AskId, SessionId } from "../ids/id.ts";

/**
 * A person's standing word: within a project, an action on what the pattern matches is allowed where the rules would ask. It never
 * lifts a deny. No projection: it outlives the session that it was given in.
 */
export interface Approval {
  readonly project: string;
  readonly action: string;
  /** A pattern, as rules have them. */
  readonly resource: string;
  /** The agent that it is for; null for every one. */
  readonly agent: string | null;
  /** The ask that it answered, and its session. */
  readonly askId: AskId;
  readonly sessionId: SessionId;
  /** When it was given, in epoch milliseconds. */
  readonly time: number;
}

/** What makes an approval the same as another one. */
export type ApprovalKey = Pick<Approval, "project" | "action" | "resource" | "agent">;
