import { toWellFormedJson } from "@holdfast/core";
import { askShownSchema } from "@holdfast/core/event";
import { askIdentity } from "@holdfast/core/session";

import { reasonOf } from "../reason-of.ts";
import { sha256 } from "../ports/sha256.ts";
import { askEndOf } from "./ask-end.ts";
import { commitOpening } from "./commit-opening.ts";
import { expireAsk } from "./expire-asks.ts";
import { whyNotAsked } from "./may-ask.ts";

import type { AskId, CallId } from "@holdfast/core";
import type { AskExpiredReason, EventDraft } from "@holdfast/core/event";
import type { AskSubject } from "@holdfast/core/session";
import type { AskRow, SessionSnapshot } from "@holdfast/core/store";
import type { AskEnd } from "./ask-end.ts";
import type { Kernel } from "./kernel.ts";
import type { AskScope } from "./ask-scope.ts";

/** Runs a wait for a person. What waits steps aside for as long. */
export type Aside = <T>(wait: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly row: AskRow;
  readonly ended: PromiseWithResolvers<AskEnd>;
}

const lookAgainMs = 500;
/** Made once: making an error for each execution costs more than all else that a desk does where nobody is asked. */
const closed = new Error("the desk is closed");

/**
 * Where a lane asks people: opens asks, durably, and hears what was answered, by any process. An ask that was answered or opened before,
 * also by an earlier owner, is found again by its identity, so that nobody is asked twice for the same, and no answer is for anything else.
 */
export class AskDesk implements Disposable {
  readonly #kernel: Kernel;
  readonly #lane: AskScope;
  readonly #asking = new Map<string, Promise<AskEnd>>();
  readonly #waiting = new Map<AskId, Waiting>();
  readonly #callsThatAsked = new Set<CallId | undefined>();
  /** Open asks of an earlier owner, which nobody has asked again yet. */
  readonly #adopted = new Map<AskId, AskRow>();
  readonly #over = new AbortController();
  #watcher: Disposable | undefined;
  #isLooking = false;
  #isDirty = false;

  constructor(kernel: Kernel, lane: AskScope) {
    this.#kernel = kernel;
    this.#lane = lane;
  }

  /**
   * Asks, and resolves with how that ended. Rejects with the reason of the lane's signal where the lane is stopped before: the ask stays
   * open then, for whoever takes the execution next.
   *
   * @param aside Is given the wait itself, where there is one.
   */
  ask(subject: AskSubject, aside: Aside = (wait) => wait()): Promise<AskEnd> {
    const shown = askShownSchema.parse(toWellFormedJson({ ...subject.shown }));
    const checked = { ...subject, shown };
    const identity = askIdentity(checked, sha256);
    const asked = this.#asking.get(identity) ?? this.#ask(checked, identity, aside);
    this.#asking.set(identity, asked);
    const forget = (): void => void this.#asking.delete(identity);
    asked.then(forget, forget);
    return asked;
  }

  /** Takes over what an earlier owner had asked. */
  adopt(snapshot: Pick<SessionSnapshot, "asks"> | null): void {
    for (const ask of snapshot?.asks ?? []) {
      this.#adopted.set(ask.askId, ask);
      this.#callsThatAsked.add(ask.callId ?? undefined);
    }
  }

  /** Whether anything was asked for a call, or for the execution itself, by this owner or, as far as it was taken over, an earlier one. */
  hasAsked(callId: CallId | undefined): boolean {
    return this.#callsThatAsked.has(callId);
  }

  /**
   * The ends of all asks that are still open of a call, or of the execution itself: to be committed with what settles it. Undefined where it
   * asked nobody; else one may be on its way to the log.
   */
  async closings(callId: CallId | undefined, reason: AskExpiredReason): Promise<readonly EventDraft[] | undefined> {
    if (!this.hasAsked(callId)) return undefined;
    const { sessionId } = this.#lane.work;
    const snapshot = await this.#kernel.services.store.snapshot(sessionId);
    return (snapshot?.asks ?? [])
      .filter((ask) => ask.callId === (callId ?? null))
      .map(({ askId }) => this.#lane.draft("ask.expired", { askId, reason }));
  }

  [Symbol.dispose](): void {
    this.#over.abort(closed);
    this.#watcher?.[Symbol.dispose]();
  }

  async #ask(subject: AskSubject, identity: string, aside: Aside): Promise<AskEnd> {
    const { services } = this.#kernel;
    const { signal } = this.#lane;
    signal.throwIfAborted();
    this.#callsThatAsked.add(subject.callId);
    const last = await this.#find(identity);
    if (last !== undefined) this.#adopted.delete(last.askId);
    const end = last === undefined || last.state === "open" ? undefined : await askEndOf(services.store, last);
    // What ended only because its call ran anew without it is asked anew.
    const isWithdrawn = end?.ended === "expired" && end.reason === "settled";
    if (end !== undefined && !isWithdrawn) return end;
    const refusal = whyNotAsked(services, subject.shown);
    if (refusal !== undefined) return { ended: "refused", why: refusal };
    const row = last?.state === "open" ? last : await this.#open(subject, identity);
    return aside(() => this.#wait(row));
  }

  async #find(identity: string): Promise<AskRow | undefined> {
    const { sessionId, startedSeq } = this.#lane.work;
    // Asks end with their execution, and so does what they say.
    const after = { sessionId, seq: startedSeq };
    return (await this.#kernel.services.store.asks({ sessionId, identity, after, limit: 200 })).at(-1);
  }

  async #open({ callId, shown }: AskSubject, identity: string): Promise<AskRow> {
    const { asks, clock, ids, store } = this.#kernel.services;
    const { sessionId, executionId } = this.#lane.work;
    const askId = ids.next("ask");
    const opened = this.#lane.draft("ask.opened", {
      askId,
      executionId,
      identity,
      shown,
      ...(callId === undefined ? {} : { callId }),
      ...(asks.expireMs === undefined ? {} : { expires: clock.now() + asks.expireMs }),
    });
    const superseded = [...this.#adopted.values()].filter((ask) => ask.callId !== null && ask.callId === callId);
    for (const ask of superseded) this.#adopted.delete(ask.askId);
    await commitOpening(this.#kernel, this.#lane, { opened, superseded });
    const [row] = await store.asks({ sessionId, askId, limit: 1 });
    if (row === undefined) throw new TypeError("a store committed an ask without its row");
    return row;
  }

  async #wait(row: AskRow): Promise<AskEnd> {
    const { signal } = this.#lane;
    const waiting: Waiting = { row, ended: Promise.withResolvers<AskEnd>() };
    const onStop = (): void => waiting.ended.reject(signal.reason);
    signal.addEventListener("abort", onStop, { once: true });
    if (signal.aborted) onStop();
    this.#waiting.set(row.askId, waiting);
    // Registered before the first look, so that an answer which lands in between is heard.
    this.#watcher ??= this.#kernel.services.store.watch(this.#lane.work.sessionId, (committed) => {
      if (committed === null || committed.some(({ type }) => type.startsWith("ask."))) this.#look();
    });
    this.#look();
    if (row.expires !== null) this.#expireAt(row, row.expires);
    try {
      return await waiting.ended.promise;
    } finally {
      signal.removeEventListener("abort", onStop);
      this.#waiting.delete(row.askId);
    }
  }

  #expireAt(row: AskRow, expires: number): void {
    const { clock, logger } = this.#kernel.services;
    const expire = async (): Promise<void> => {
      while (this.#waiting.has(row.askId)) {
        const leftMs = expires - clock.now();
        if (leftMs <= 0) return expireAsk(this.#kernel, row);
        await clock.sleep(leftMs, this.#over.signal);
      }
    };
    expire().catch((error: unknown) => {
      if (!this.#over.signal.aborted) logger.error("an ask could not be ended in time", { reason: reasonOf(error) });
    });
  }

  #look(): void {
    this.#isDirty = true;
    if (!this.#isLooking) void this.#lookWhileDirty();
  }

  /** Never rejects: somebody's answer is waited for, so a read that fails is made again. */
  async #lookWhileDirty(): Promise<void> {
    const { clock, logger } = this.#kernel.services;
    this.#isLooking = true;
    while (this.#isDirty && this.#waiting.size > 0 && !this.#over.signal.aborted) {
      this.#isDirty = false;
      try {
        await this.#lookOnce();
      } catch (error) {
        logger.warn("asks could not be looked at", { reason: reasonOf(error) });
        this.#isDirty = true;
        await clock.sleep(lookAgainMs, this.#over.signal).catch(() => undefined);
      }
    }
    this.#isLooking = false;
  }

  async #lookOnce(): Promise<void> {
    const { store } = this.#kernel.services;
    const { sessionId } = this.#lane.work;
    const open = new Set((await store.snapshot(sessionId))?.asks.map(({ askId }) => askId));
    for (const [askId, { ended }] of this.#waiting) {
      if (open.has(askId)) continue;
      const [row] = await store.asks({ sessionId, askId, limit: 1 });
      if (row !== undefined && row.state !== "open") ended.resolve(await askEndOf(store, row));
    }
  }
}
