import type { SessionInfo } from "@holdfast/core";
import type { Client } from "@holdfast/sdk";

/** How a session stands, in the words of the list. */
export type Standing = "running" | "asking" | "parked" | "unproven" | "waiting" | "replica" | "idle";

/** One session of the list. */
export interface ListedSession {
  readonly session: SessionInfo;
  /** Undefined until it was asked for. */
  readonly standing: Standing | undefined;
}

const everyMs = 2_000;
const hiddenMs = 15_000;
/** Sessions whose recovery is asked for in one round, beside those that were just working. */
const looksPerRound = 5;

/** The list of sessions, looked at again and again: newest first, each with how it stands. */
export class SessionPoll {
  readonly #client: Client;
  readonly #sessions = new Map<string, SessionInfo>();
  readonly #standings = new Map<string, Standing>();
  /** `next` of the oldest page that was read; undefined where there is none. */
  #next: string | undefined;
  #isStarted = false;
  #turn = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  get listed(): readonly ListedSession[] {
    return [...this.#sessions.values()]
      .toSorted((left, right) => right.createdTime - left.createdTime || (left.id < right.id ? 1 : -1))
      .map((session) => ({ session, standing: this.#standings.get(session.id) }));
  }

  get hasOlder(): boolean {
    return this.#next !== undefined;
  }

  /** How long to wait for the next round, in milliseconds. */
  get pauseMs(): number {
    return document.hidden ? hiddenMs : everyMs;
  }

  /** Looks once. What is said of the current session, where there is one, is as new as the look. */
  async look(current: string | undefined, signal: AbortSignal): Promise<void> {
    const page = await this.#client.sessions.list({}, { signal });
    for (const session of page.sessions) this.#sessions.set(session.id, session);
    if (!this.#isStarted) this.#next = page.next;
    this.#isStarted = true;
    if (current !== undefined && !this.#sessions.has(current)) await this.#add(current, signal);
    const active = await this.#client.sessions.active({ signal });
    const { asks } = await this.#client.asks.list({ limit: 200 }, { signal });
    const seen = new Map<string, Standing>([
      ...active.map(({ sessionId }) => [sessionId, "running"] as const),
      ...asks.map(({ sessionId }) => [sessionId, "asking"] as const),
    ]);
    const others = [...this.#sessions.keys()].filter((id) => !seen.has(id));
    for (const id of this.#chosen(others, current)) await this.#ask(id, signal);
    for (const [id, standing] of seen) this.#standings.set(id, standing);
  }

  /** Reads one more page of older sessions. */
  async readOlder(signal: AbortSignal): Promise<void> {
    if (this.#next === undefined) return;
    const page = await this.#client.sessions.list({ page: this.#next }, { signal });
    for (const session of page.sessions) this.#sessions.set(session.id, session);
    this.#next = page.next;
  }

  /** A session that is older than what was listed, or that just came to be. */
  async #add(sessionId: string, signal: AbortSignal): Promise<void> {
    const session = await this.#client.sessions.get({ sessionId }, { signal });
    if (session !== null) this.#sessions.set(sessionId, session);
  }

  /** Of the sessions that rest: the current one, some that changed, and some in turns, so that a long list costs no more than a short one. */
  #chosen(ids: readonly string[], current: string | undefined): ReadonlySet<string> {
    const changed = ids.filter((id) => !isRest(this.#standings.get(id))).slice(0, 4 * looksPerRound);
    const settled = ids.filter((id) => isRest(this.#standings.get(id)));
    const from = settled.length === 0 ? 0 : this.#turn % settled.length;
    this.#turn = from + looksPerRound;
    return new Set([...ids.filter((id) => id === current), ...changed, ...settled.slice(from, from + looksPerRound)]);
  }

  async #ask(sessionId: string, signal: AbortSignal): Promise<void> {
    try {
      const { status } = await this.#client.sessions.recovery({ sessionId }, { signal });
      this.#standings.set(sessionId, status === "none" ? "idle" : status === "unclaimed" ? "waiting" : status);
    } catch (error) {
      signal.throwIfAborted();
      if (!isGone(error)) throw error;
      this.#sessions.delete(sessionId);
      this.#standings.delete(sessionId);
    }
  }
}

const isRest = (standing: Standing | undefined): boolean =>
  standing !== undefined && standing !== "running" && standing !== "asking";

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "session.deleted" || error.code === "session.not-found");
