import type { SessionId } from "../ids/id.ts";
import type { ModelRef } from "../session/model-ref.ts";
import type { ForkOrigin } from "./transfer.ts";

/** Where a session is to work: a directory that exists. It is made canonical. */
export interface LocationOption {
  readonly directory: string;
  readonly workspaceId?: string | undefined;
}

/** What a session is created with. */
export interface CreateSession {
  /** `ses_…`; an ID that exists returns the stored session, whatever the rest says. Default: a new one. */
  readonly id?: string | undefined;
  readonly location: LocationOption;
  /** The session that this one works for; what denies it, and what denies those above it, denies this one too. */
  readonly parentId?: string | undefined;
  /** Name of one of the runtime's agents. Default: `"default"`. */
  readonly agent?: string | undefined;
  /** Default: the runtime's. */
  readonly model?: ModelRef | undefined;
  /** At most 500 characters. Default: empty. */
  readonly title?: string | undefined;
}

/** What of a session is changed: at least one of them; what is absent stays. */
export interface UpdateSession {
  readonly sessionId: string;
  /** At most 500 characters. */
  readonly title?: string | undefined;
  /** Name of one of the runtime's agents. An unknown one denies everything, as when a session is created. */
  readonly agent?: string | undefined;
  /** Null takes the session's own model away, so that its agent's or the runtime's counts. */
  readonly model?: ModelRef | null | undefined;
}

/** Where a session goes on. */
export interface MoveSession {
  readonly sessionId: string;
  readonly location: LocationOption;
}

/** A session, as a caller sees it. */
export interface SessionInfo {
  readonly id: SessionId;
  readonly parentId?: SessionId;
  /** The session at the top of its line of parents: itself, where it has none. */
  readonly rootId: SessionId;
  readonly location: { readonly directory: string; readonly workspaceId?: string };
  readonly project: string;
  readonly agent: string;
  readonly model?: ModelRef;
  readonly title: string;
  /** Epoch milliseconds. */
  readonly createdTime: number;
  /** Of all attempts so far: as their providers reported it, and where they did not, as estimated. */
  readonly usage: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cost: number;
    /** Since the last promotion of an input: what a budget bounds. Tokens in and out together. */
    readonly activity: { readonly tokens: number; readonly cost: number };
  };
  /** Of a fork; not told any more once its first event was pruned. */
  readonly forkedFrom?: ForkOrigin;
  /** Set while the session is another store's: it was imported, and not released. */
  readonly replica?: { readonly replayOwner?: string };
}

/** Which sessions to list: newest first. */
export interface ListSessions {
  readonly directory?: string | undefined;
  readonly parentId?: string | undefined;
  /** Found anywhere in the title. */
  readonly search?: string | undefined;
  /** 1 to 200. Default 50. */
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly page?: string | undefined;
}

/** A page of sessions; `next` is there while more may follow. */
export interface SessionPage {
  readonly sessions: readonly SessionInfo[];
  readonly next?: string;
}
