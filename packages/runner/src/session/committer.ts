import { boundaryOf } from "@holdfast/core/event";

import type { SessionId } from "@holdfast/core";
import type { Blob, DurableEvent, EventDataOf, EventDraft, EventType, SealedEnvelope } from "@holdfast/core/event";
import type { CommitPlan, CommitResult } from "@holdfast/core/store";
import type { LocationMap } from "../location/location-map.ts";
import type { Services } from "../services.ts";

/** The runtime's way to the store's write door: every commit of this runtime passes here. */
export class Committer {
  readonly #services: Services;
  readonly #locations: LocationMap;
  #notifying: Promise<void> = Promise.resolve();

  constructor(services: Services, locations: LocationMap) {
    this.#services = services;
    this.#locations = locations;
  }

  /** An event of now, ready for a plan. */
  draft<TType extends EventType>(type: TType, data: EventDataOf<TType>, blobs: readonly Blob[] = []): EventDraft {
    const { ids, clock } = this.#services;
    const hashes = blobs.length === 0 ? {} : { blobs: blobs.map(({ hash }) => hash) };
    return { id: ids.next("evt"), type, version: 1, time: clock.now(), data, ...hashes } as EventDraft;
  }

  async commit(plan: CommitPlan): Promise<CommitResult> {
    const result = await this.#services.store.commit(plan);
    if (result.status === "replayed" || result.events.length === 0) return result;
    const { faults } = this.#services;
    if (faults !== undefined) {
      for (const { type } of result.events) {
        const boundary = boundaryOf(type);
        if (boundary !== undefined) faults.reach(`after:${boundary}`);
      }
    }
    if (this.#locations.hasObservers) this.#notify(plan.sessionId, result.events);
    return result;
  }

  /** Resolves when every observer that was told has answered or been given up. */
  async notified(): Promise<void> {
    await this.#notifying;
  }

  // One after the other, so that an observer sees events in the order of their commits. Taps isolate their own failures.
  #notify(sessionId: SessionId, events: readonly SealedEnvelope[]): void {
    this.#notifying = this.#notifying
      .then(() => this.#tell(sessionId, events))
      .catch((error: unknown) =>
        this.#services.logger.error("telling observers of a commit failed", { reason: String(error) }),
      );
  }

  async #tell(sessionId: SessionId, events: readonly SealedEnvelope[]): Promise<void> {
    const session = await this.#services.store.session(sessionId);
    if (session === null) return;
    const { directory, workspaceId } = session;
    const location = await this.#locations.opened({ directory, ...(workspaceId === null ? {} : { workspaceId }) });
    await location?.hooks.eventsCommitted.promise({ sessionId, events: events as readonly DurableEvent[] });
  }
}
