import { deepFreeze } from "@holdfast/core";
import { boundaryOf } from "@holdfast/core/event";

import { Relay } from "../location/relay.ts";
import { locationOf } from "./session-row.ts";

import type { SessionId } from "@holdfast/core";
import type { Blob, DurableEvent, EventDataOf, EventDraft, EventType, SealedEnvelope } from "@holdfast/core/event";
import type { CommitPlan, CommitResult } from "@holdfast/core/store";
import type { LocationMap } from "../location/location-map.ts";
import type { OpenLocation } from "../location/open-location.ts";
import type { Services } from "../services.ts";

interface Told {
  readonly sessionId: SessionId;
  readonly events: readonly SealedEnvelope[];
  /** Where whoever committed works, where it works. */
  readonly location: OpenLocation | undefined;
}

/** How many commits may wait until it is looked up whom they concern. */
const relayCapacity = 10_000;

/** The runtime's way to the store's write door: every commit of this runtime passes here. */
export class Committer {
  readonly #services: Services;
  readonly #locations: LocationMap;
  // One after the other, so that an observer sees events in the order of their commits.
  readonly #relay: Relay<Told>;

  constructor(services: Services, locations: LocationMap) {
    this.#services = services;
    this.#locations = locations;
    const { logger } = services;
    this.#relay = new Relay((told) => this.#tell(told), {
      capacity: relayCapacity,
      onDropping: () => logger.warn("observers are not told of commits: the store is too slow"),
      onDropped: (dropped) => logger.warn("observers were not told of some commits", { dropped }),
    });
  }

  /** An event of now, ready for a plan. */
  draft<TType extends EventType>(type: TType, data: EventDataOf<TType>, blobs: readonly Blob[] = []): EventDraft {
    const { ids, clock } = this.#services;
    const hashes = blobs.length === 0 ? {} : { blobs: blobs.map(({ hash }) => hash) };
    return { id: ids.next("evt"), type, version: 1, time: clock.now(), data, ...hashes } as EventDraft;
  }

  /** @param location Where whoever commits works: looked up where it is not given. */
  async commit(plan: CommitPlan, location?: OpenLocation): Promise<CommitResult> {
    const result = await this.#services.store.commit(plan);
    if (result.status === "replayed" || result.events.length === 0) return result;
    const { faults } = this.#services;
    if (faults !== undefined) {
      for (const { type } of result.events) {
        faults.reach(`after:${boundaryOf(type) ?? type}`);
      }
    }
    if (this.#locations.hasObservers) this.#relay.offer({ sessionId: plan.sessionId, events: result.events, location });
    return result;
  }

  /** Resolves when every observer that was told has answered, or has been given up. */
  async notified(): Promise<void> {
    const { clock, limits, logger } = this.#services;
    const limit = new AbortController();
    const told = this.#relay.idle().then(() => this.#locations.observed());
    const late = clock.sleep(limits.graceMs, limit.signal).then(
      () => logger.warn("observers of commits were not waited for any longer", { limitMs: limits.graceMs }),
      () => undefined,
    );
    await Promise.race([told, late]);
    limit.abort();
    this.#relay.close();
  }

  async #tell({ sessionId, events, location: known }: Told): Promise<void> {
    try {
      const location = known ?? (await this.#locationOf(sessionId));
      if (location?.hooks.eventsCommitted.isUsed() !== true) return;
      const committed = deepFreeze({ sessionId, events: events as readonly DurableEvent[] });
      await location.hooks.eventsCommitted.promise(committed);
    } catch (error) {
      this.#services.logger.error("telling observers of a commit failed", { reason: String(error) });
    }
  }

  async #locationOf(sessionId: SessionId): Promise<OpenLocation | undefined> {
    const session = await this.#services.store.session(sessionId);
    return session === null ? undefined : this.#locations.opened(locationOf(session));
  }
}
