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

  /** Looks once. */
  async look(signal: AbortSignal): Promise<void> {
    const page = await this.#client.sessions.list({}, { signal });
    for (const session of page.sessions) this.#sessions.set(session.id, session);
    if (!this.#isStarted) this.#next = page.next;
    this.#isStarted = true;
    const working = new Set((await this.#client.sessions.active({ signal })).map(({ sessionId }) => String(sessionId)));
    const asking = new Set(
      (await this.#client.asks.list({ limit: 200 }, { signal })).asks.map(({ sessionId }) => String(sessionId)),
    );
    const unsure: string[] = [];
    for (const id of this.#sessions.keys()) {
      const known = this.#standings.get(id);
      if (asking.has(id)) this.#standings.set(id, "asking");
      else if (working.has(id)) this.#standings.set(id, "running");
      else if (known === undefined || known === "running" || known === "asking") unsure.unshift(id);
      else unsure.push(id);
    }
    await this.#lookAt(unsure, signal);
  }

  /** Reads one more page of older sessions. */
  async readOlder(signal: AbortSignal): Promise<void> {
    if (this.#next === undefined) return;
    const page = await this.#client.sessions.list({ page: this.#next }, { signal });
    for (const session of page.sessions) this.#sessions.set(session.id, session);
    this.#next = page.next;
  }

  /** What is not known by now is asked for in turns, so that a long list costs no more than a short one. */
  async #lookAt(ids: readonly string[], signal: AbortSignal): Promise<void> {
    const isNew = (id: string): boolean =>
      !["parked", "unproven", "waiting", "replica", "idle"].includes(this.#standings.get(id) ?? "");
    const urgent = ids.filter(isNew).slice(0, 4 * looksPerRound);
    const others = ids.filter((id) => !isNew(id));
    const turns = Array.from(
      { length: Math.min(looksPerRound, others.length) },
      (_, index) => others[(this.#turn + index) % others.length],
    );
    this.#turn += turns.length;
    for (const id of [...urgent, ...turns]) if (id !== undefined) await this.#ask(id, signal);
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

const isGone = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "session.deleted" || error.code === "session.not-found");
