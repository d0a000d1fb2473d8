import { mergeWakes, nextWork } from "@holdfast/core/session";

import { Alarm } from "../alarm.ts";
import { reasonOf } from "../reason-of.ts";
import { consentOf, recorded } from "./consent-of.ts";
import { expireDueAsks } from "./expire-asks.ts";
import { ExpiryAlarms } from "./expiry-alarms.ts";
import { recoverExecution } from "./recover-execution.ts";
import { Patience } from "./patience.ts";
import { startExecution } from "./start-execution.ts";
import { isOfDeleted, isPassing, isRace } from "./work-errors.ts";

import type { ActiveSession, SessionId } from "@holdfast/core";
import type { OwnerState, Wake } from "@holdfast/core/session";
import type { SessionSnapshot } from "@holdfast/core/store";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

interface Drain {
  /** What was asked for since the drain last looked. */
  wanted: Wake | undefined;
  lane: Lane | undefined;
  done: Promise<void>;
  /** Ends a wait for another owner early. */
  nudge: () => void;
}

/** How often a process that waits for another owner looks whether that one lives, in milliseconds. */
const watchMs = 500;
/** How often work that a failing store stopped is tried again, and the first pause before that, which doubles, in milliseconds. */
const tries = 6;
const firstPauseMs = 250;

/** The work of this process on sessions: at most one drain for each, and wakes that come meanwhile make one more round. */
export class Coordinator {
  readonly #kernel: Kernel;
  readonly #drains = new Map<SessionId, Drain>();
  readonly #expiries: ExpiryAlarms;
  #closed = false;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    this.#expiries = new ExpiryAlarms(kernel.services.clock, (sessionId, wake) => this.wake(sessionId, wake));
  }

  /** Sees to it that the session is looked at, now or when the running drain has ended. */
  wake(sessionId: SessionId, wake: Wake): void {
    if (this.#closed) return;
    const running = this.#drains.get(sessionId);
    if (running !== undefined) {
      running.wanted = mergeWakes(running.wanted, wake);
      running.nudge();
      return;
    }
    const drain: Drain = { wanted: wake, lane: undefined, done: Promise.resolve(), nudge: () => {} };
    this.#drains.set(sessionId, drain);
    this.#expiries.forget(sessionId);
    drain.done = this.#run(sessionId, drain);
  }

  /** Whether this process works on the session, or is about to. */
  isActive(sessionId: SessionId): boolean {
    return this.#drains.has(sessionId);
  }

  /** Whether this process owns the session's execution, and is at work on it. */
  isWorking(sessionId: SessionId): boolean {
    const lane = this.#drains.get(sessionId)?.lane;
    return lane !== undefined && lane.headSeq >= 0 && lane.stopped === undefined;
  }

  /** The sessions on whose executions this process is at work, in the order of their IDs. */
  active(): readonly ActiveSession[] {
    return [...this.#drains.values()]
      .flatMap(({ lane }) => (lane === undefined || lane.headSeq < 0 || lane.stopped !== undefined ? [] : [lane]))
      .map(({ work: { sessionId, executionId }, sinceTime, stepIndex }) => ({
        sessionId,
        executionId,
        sinceTime,
        step: Math.max(1, stepIndex),
      }))
      .toSorted((left, right) => (left.sessionId < right.sessionId ? -1 : 1));
  }

  /** Whether somebody works on the session's open execution. */
  async ownerOf({ claim, owner, session }: SessionSnapshot): Promise<OwnerState> {
    if (claim?.owner === this.#kernel.owner.id) return this.isActive(session.sessionId) ? "alive" : "gone";
    return this.#kernel.owner.judge(claim, owner);
  }

  /** Takes no new work, and stops what runs: blocks are closed as cut, begun calls get their grace, claims are given up. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#expiries.close();
    for (const drain of this.#drains.values()) {
      drain.lane?.stop("disposed");
      drain.nudge();
    }
    await Promise.all([...this.#drains.values()].map(({ done }) => done));
  }

  async #run(sessionId: SessionId, drain: Drain): Promise<void> {
    try {
      for (let wake = this.#take(drain); wake !== undefined; wake = this.#take(drain)) {
        await this.#workOn(sessionId, drain, wake);
      }
    } finally {
      this.#drains.delete(sessionId);
    }
  }

  /** Works, and tries again where the store could not be read or written for a while: nobody else has heard of this wake. */
  async #workOn(sessionId: SessionId, drain: Drain, wake: Wake): Promise<void> {
    const { logger } = this.#kernel.services;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#work(sessionId, drain, wake);
      } catch (error) {
        if (isOfDeleted(error)) return;
        const goesOn = isPassing(error) && attempt < tries && !this.#closed;
        logger.error(`the work on a session stopped${goesOn ? ", and is tried again" : ""}`, {
          sessionId,
          reason: reasonOf(error),
        });
        if (!goesOn) return;
      }
      await this.#pause(drain, firstPauseMs * 2 ** (attempt - 1));
    }
  }

  #take(drain: Drain): Wake | undefined {
    const { wanted } = drain;
    drain.wanted = undefined;
    return this.#closed ? undefined : wanted;
  }

  async #work(sessionId: SessionId, drain: Drain, first: Wake): Promise<void> {
    const { services, owner } = this.#kernel;
    const patience = new Patience();
    let hasPaused = false;
    let wake = first;
    while (!this.#closed) {
      // Registered before the read, so that what is committed after it ends the wait below.
      const dirty = new Alarm();
      using _watcher = services.store.watch(sessionId, dirty.ring);
      drain.nudge = dirty.ring;
      const snapshot = await services.store.snapshot(sessionId);
      if (snapshot === null) return;
      if (await expireDueAsks(this.#kernel, snapshot)) continue;
      // What this runtime claims and does not work on, it has given up: nobody else drains the session here.
      const own = snapshot.claim?.owner === owner.id;
      const state: OwnerState = own ? "gone" : await owner.judge(snapshot.claim, snapshot.owner);
      const work = nextWork(snapshot, { owner: state, wake, takesOver: services.recovery !== "off" });
      if (work === "none") return this.#expiries.expect(snapshot);
      if (work === "watch") {
        patience.reset();
        await dirty.wait(services.clock, { ms: watchMs });
        wake = mergeWakes(wake, drain.wanted ?? wake);
        drain.wanted = undefined;
        continue;
      }
      const pauseMs: number = hasPaused ? 0 : patience.pauseBefore(snapshot);
      hasPaused = pauseMs > 0;
      if (hasPaused) {
        await this.#pause(drain, pauseMs);
        continue;
      }
      try {
        if (await this.#act(work, { snapshot, state, wake, drain })) return;
      } catch (error) {
        // Another process was first: look again, and leave it to that one or watch it.
        if (!isRace(error)) throw error;
        patience.refuse(error);
      }
    }
  }

  /** Waits, but not for longer than until something is asked for. */
  async #pause(drain: Drain, ms: number): Promise<void> {
    const pause = new Alarm();
    drain.nudge = pause.ring;
    await pause.wait(this.#kernel.services.clock, { ms });
  }

  /** Does it. True where it came to a good end, after which nothing is left that only another look would show. */
  async #act(
    work: "end" | "recover" | "start",
    {
      snapshot,
      state,
      wake,
      drain,
    }: { readonly snapshot: SessionSnapshot; readonly state: OwnerState; readonly wake: Wake; readonly drain: Drain },
  ): Promise<boolean> {
    const onLane = (lane: Lane): void => {
      drain.lane = lane;
      if (this.#closed) lane.stop("disposed");
    };
    try {
      if (work === "start") {
        const woken = recorded(snapshot, wake).map(({ messageId }) => messageId);
        return await startExecution(this.#kernel, { snapshot, woken }, onLane);
      } else {
        const consent = work === "end" ? undefined : consentOf(wake, snapshot);
        const reason = state === "none" ? "its owner gave the claim up" : "its owner is gone";
        const completed = await recoverExecution(
          this.#kernel,
          { snapshot, consent, reason, isAnswered: wake.kind === "answer" },
          onLane,
        );
        // The resume was for what was recorded, too, and an execution of its own is for that.
        return completed && recorded(snapshot, wake).length === 0;
      }
    } finally {
      drain.lane = undefined;
    }
  }
}
