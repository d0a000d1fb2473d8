import { HoldfastError, toCursor } from "@holdfast/core";
import { parseArguments } from "@holdfast/core/arguments";
import { decodeEvent, inlineBlobs } from "@holdfast/core/event";
import { assertNotReplica, readLog, sessionDeleted } from "@holdfast/core/store";
import { History } from "@holdfast/core/session";

import { systemClock } from "../clock/system-clock.ts";
import { createMemoryStore } from "../memory-store/memory-store.ts";
import { createRandom, createSeededIds } from "../seeded-ids.ts";

import type { Clock, Cursor, IdSource, ModelRef, Rule, SessionId } from "@holdfast/core";
import type { DurableEvent, EventDataOf, EventDraft, EventType } from "@holdfast/core/event";
import type { Wake } from "@holdfast/core/session";
import type { CommitPlan, CommitResult, SessionSnapshot, Store } from "@holdfast/core/store";
import type * as z from "zod";
import type { FakeOptions } from "./fake-options.ts";
import type { FakeWorker } from "./fake-worker.ts";

const allowAll: readonly Rule[] = [{ action: "*", resource: "*", effect: "allow" }];
const denyAll: readonly Rule[] = [{ action: "*", resource: "*", effect: "deny" }];

type Hire = (kernel: FakeKernel, sessionId: SessionId) => FakeWorker;

/** What all parts of one fake share. */
export class FakeKernel {
  readonly options: FakeOptions;
  readonly store: Store = createMemoryStore();
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly #lanes = new Map<SessionId, FakeWorker>();
  readonly #disposal = new AbortController();

  readonly #hire: Hire;

  constructor(options: FakeOptions, hire: Hire) {
    this.options = options;
    this.#hire = hire;
    this.clock = options.clock ?? systemClock;
    this.ids = createSeededIds(options.seed ?? createRandom(performance.now() * 1_000)() * 2 ** 32, this.clock);
  }

  /** Aborts, with the error that is then thrown everywhere, when the fake is disposed of. */
  get disposal(): AbortSignal {
    return this.#disposal.signal;
  }

  /** What a method was given, checked. */
  check<TSchema extends z.ZodType>(schema: TSchema, value: unknown, method: string): z.output<TSchema> {
    this.disposal.throwIfAborted();
    return parseArguments(schema, value, method);
  }

  /** An event of now. */
  draft<TType extends EventType>(type: TType, data: EventDataOf<TType>): EventDraft {
    return { id: this.ids.next("evt"), type, version: 1, time: this.clock.now(), data } as EventDraft;
  }

  commit(plan: CommitPlan): Promise<CommitResult> {
    return this.store.commit(plan);
  }

  /** All that decides about a session. */
  async snapshot(sessionId: SessionId): Promise<SessionSnapshot> {
    const snapshot = await this.store.snapshot(sessionId);
    if (snapshot === null) throw await this.noSession(sessionId);
    return snapshot;
  }

  /** The same of one that is no replica. */
  async own(sessionId: SessionId): Promise<SessionSnapshot> {
    const snapshot = await this.snapshot(sessionId);
    assertNotReplica({ sessionId, events: [] }, snapshot.replica);
    return snapshot;
  }

  async noSession(sessionId: SessionId): Promise<HoldfastError> {
    const head = await this.store.head(sessionId);
    if (head !== null) return sessionDeleted(sessionId, head);
    return new HoldfastError("session.not-found", {
      message: `There is no session ${sessionId}. Create it, or list the ones that are there.`,
      data: { sessionId },
    });
  }

  cursor(sessionId: SessionId, place: { readonly seq: number; readonly hash: string }): Cursor {
    return toCursor(this.store.storeId, { sessionId, ...place });
  }

  /** An event with its texts; undefined for one that is not there, or says nothing that is known. */
  async event(sessionId: SessionId, seq: number): Promise<DurableEvent | undefined> {
    const [sealed] = await this.store.events({ sessionId, after: seq - 1, limit: 1 });
    const event = sealed?.seq === seq ? decodeEvent(sealed) : null;
    return event === null ? undefined : inlineBlobs(event, (hash) => this.store.blob(hash));
  }

  /** The messages of a session, and what is pending, folded from its log. */
  async history(sessionId: SessionId): Promise<History> {
    const history = new History();
    for await (const sealed of readLog(this.store, sessionId, -1)) {
      const event = decodeEvent(sealed);
      if (event !== null) history.apply(await inlineBlobs(event, (hash) => this.store.blob(hash)));
    }
    return history;
  }

  /** @throws model.unknown */
  assertModel(model: ModelRef | null | undefined): void {
    if (model === null || model === undefined || this.options.knowsModel?.(model) !== false) return;
    throw new HoldfastError("model.unknown", {
      message: `Expected a model that the fake knows, found ${JSON.stringify(model.id)}: knowsModel says that there is none.`,
      data: { model: model.id },
    });
  }

  /** What an agent may do. */
  rulesOf(agent: string): readonly Rule[] {
    return (this.options.agents ?? ["default"]).includes(agent) ? (this.options.rules ?? allowAll) : denyAll;
  }

  /** Has somebody look at a session, and do what there is to do. */
  wake(sessionId: SessionId, wake: Wake): void {
    if (this.disposal.aborted) return;
    this.lane(sessionId).wake(wake);
  }

  lane(sessionId: SessionId): FakeWorker {
    const known = this.#lanes.get(sessionId);
    if (known !== undefined) return known;
    const lane = this.#hire(this, sessionId);
    this.#lanes.set(sessionId, lane);
    return lane;
  }

  /** The lanes that are at work, in the order of their sessions' IDs. */
  active(): readonly FakeWorker[] {
    const active = [...this.#lanes.values()].filter(({ isActive }) => isActive);
    return active.toSorted((left, right) => (left.sessionId < right.sessionId ? -1 : 1));
  }

  async dispose(): Promise<void> {
    if (this.disposal.aborted) return;
    this.#disposal.abort(
      new HoldfastError("runtime.disposed", {
        message: "Expected a fake in use, found one that was disposed of. Make another one.",
      }),
    );
    await Promise.all([...this.#lanes.values()].map(({ ended }) => ended));
    await this.store[Symbol.asyncDispose]();
  }
}
