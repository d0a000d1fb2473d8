import { isAsking } from "@holdfast/core/session";

import { askRecovery } from "./ask-recovery.ts";
import { eventAt } from "./event-at.ts";
import { expireDueAsks } from "./expire-asks.ts";
import { isRace } from "./work-errors.ts";

import type { SessionId } from "@holdfast/core";
import type { SessionSnapshot, Workload } from "@holdfast/core/store";
import type { Coordinator } from "./coordinator.ts";
import type { Kernel } from "./kernel.ts";

const workloadsPerPage = 200;
/** Woken inputs are left to the process that admitted them for this long, in milliseconds. */
export const unclaimedMs = 2_000;
/** The longest pause before a session that keeps failing here is taken up again, in milliseconds. */
const longestPauseMs = 60_000;

interface Sighting {
  readonly tries: number;
  readonly notBefore: number;
}

/** Looks for executions whose owner is gone, and for inputs that nobody took, and has them taken up, or asks whether to: the policies `resume` and `ask`. */
export class Discovery implements AsyncDisposable {
  readonly #kernel: Kernel;
  readonly #coordinator: Coordinator;
  readonly #stop = new AbortController();
  #sightings = new Map<SessionId, Sighting>();
  #looping: Promise<void> = Promise.resolve();

  constructor(kernel: Kernel, coordinator: Coordinator) {
    this.#kernel = kernel;
    this.#coordinator = coordinator;
  }

  start(): void {
    this.#looping = this.#loop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#looping;
  }

  async #loop(): Promise<void> {
    const { clock, claims, logger } = this.#kernel.services;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#look();
      } catch (error) {
        logger.error("looking for abandoned executions failed", { reason: String(error) });
      }
      await clock.sleep(claims.discoverMs, this.#stop.signal).catch(() => undefined);
    }
  }

  /** One round over everything that is found, however much that is: a session that rests in the way starves none behind it. */
  async #look(): Promise<void> {
    const { store, name } = this.#kernel.services;
    const sightings = new Map<SessionId, Sighting>();
    let after: SessionId | undefined;
    do {
      const page = { runtime: name, limit: workloadsPerPage, ...(after === undefined ? {} : { after }) };
      const found = await store.workloads(page);
      for (const workload of found) {
        if (this.#stop.signal.aborted) return;
        const sighting = await this.#judge(workload);
        if (sighting !== undefined) sightings.set(workload.sessionId, sighting);
      }
      after = found.length < workloadsPerPage ? undefined : found.at(-1)?.sessionId;
    } while (after !== undefined);
    this.#sightings = sightings;
  }

  /** Takes the session up where it is time to. Undefined where somebody works on it. */
  async #judge({ sessionId, execution, claim, owner }: Workload): Promise<Sighting | undefined> {
    if (this.#coordinator.isActive(sessionId)) return this.#sightings.get(sessionId);
    if (execution !== null && claim?.owner !== this.#kernel.owner.id) {
      if ((await this.#kernel.owner.judge(claim, owner)) === "alive") return undefined;
    }
    // One that merely asks waits for a person like everybody else; as soon as it is answered, it is as any other.
    if (execution !== null && (await this.#rests(sessionId))) return undefined;
    const now = this.#kernel.services.clock.monotonic();
    const notBefore = execution === null ? now + unclaimedMs : now;
    const seen = this.#sightings.get(sessionId) ?? { tries: 0, notBefore };
    if (now < seen.notBefore) return seen;
    this.#coordinator.wake(sessionId, { kind: "policy", atSeq: -1 });
    const pause = Math.min(longestPauseMs, this.#kernel.services.claims.discoverMs * 2 ** seen.tries);
    return { tries: seen.tries + 1, notBefore: now + pause };
  }

  /** Whether it is a person's to say how an open execution goes on. */
  async #rests(sessionId: SessionId): Promise<boolean> {
    const { recovery, store } = this.#kernel.services;
    const snapshot = await store.snapshot(sessionId);
    if (snapshot === null) return false;
    if (isAsking(snapshot)) return !(await expireDueAsks(this.#kernel, snapshot));
    return recovery === "ask" && this.#asksWhether(snapshot);
  }

  /** Asks whether to go on with it, where nobody has said so yet. */
  async #asksWhether(snapshot: SessionSnapshot): Promise<boolean> {
    const { execution, head, session } = snapshot;
    // To be ended, it needs no word; to go on after a word whose process died, neither.
    if (execution?.state !== "open" || execution.interruptSeq !== null) return false;
    const last = await eventAt(this.#kernel.services.store, session.sessionId, head.seq);
    if (last?.type === "ask.answered") return false;
    try {
      await askRecovery(this.#kernel, snapshot);
    } catch (error) {
      // Another process was first: the next round sees what it did.
      if (!isRace(error)) throw error;
    }
    return true;
  }
}
