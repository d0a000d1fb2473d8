import { HoldfastError } from "@holdfast/core";

import { identifyProcess, isComparable, isProvenGone } from "./process-identity.ts";

import type { OwnerId } from "@holdfast/core";
import type { OwnerState } from "@holdfast/core/session";
import type { ClaimRow, OwnerRecord } from "@holdfast/core/store";
import type { Services } from "../services.ts";
import type { ProcessIdentity } from "./process-identity.ts";

interface Sighting {
  readonly counter: number;
  /** How often the counter was seen to grow. */
  readonly renewals: number;
  /** Of this process's monotonic clock. */
  readonly since: number;
}

/** This runtime as an owner of claims: it renews its own row, keeps its lease, and judges other owners by what it sees of them. */
export class Owner {
  readonly id: OwnerId;
  readonly #services: Services;
  readonly #sightings = new Map<OwnerId, Sighting>();
  readonly #stop = new AbortController();
  #identity: ProcessIdentity | undefined;
  #renewedAt = 0;
  #registration: Promise<void> | undefined;
  #renewing: Promise<void> | undefined;

  constructor(services: Services) {
    this.#services = services;
    this.id = services.ids.next("own");
  }

  /**
   * Registers this runtime, and renews until it is retired. Called before each claim: one that stalled over its lease renews first, or
   * it would refuse every effect under its new claim, too.
   */
  async register(): Promise<void> {
    this.#registration ??= this.#start().catch((error: unknown) => {
      // The next claim tries again: one busy moment must not keep this runtime from working for ever.
      this.#registration = undefined;
      throw error;
    });
    await this.#registration;
    if (this.#leaseAge() >= this.#services.claims.expireMs) await this.#renew();
  }

  /** @throws store.fenced where this runtime's own renewals are so old that another may have taken over by now. */
  assertLease(): void {
    const { claims } = this.#services;
    const age = this.#leaseAge();
    if (age < claims.expireMs) return;
    throw new HoldfastError("store.fenced", {
      message: `Expected to have renewed the claim within ${claims.expireMs} ms, last did ${Math.round(age)} ms ago. Another process may own the execution: stop working on it.`,
      data: { ageMs: Math.round(age) },
    });
  }

  /** Whether a claim's owner lives. Expiry is judged by observation: wall clocks of two processes are never compared. */
  async judge(claim: ClaimRow | null, record: OwnerRecord | null): Promise<OwnerState> {
    if (claim === null || claim.owner === null) return "none";
    if (claim.owner === this.id) return "alive";
    // A retired or never registered owner holds nothing any more.
    if (record === null) return "gone";
    this.#identity ??= await identifyProcess();
    if (await isProvenGone(record, this.#identity)) return "gone";
    const now = this.#services.clock.monotonic();
    const seen = this.#sightings.get(record.ownerId);
    if (seen === undefined || seen.counter !== record.counter) {
      const renewals = seen === undefined ? 0 : seen.renewals + 1;
      this.#sightings.set(record.ownerId, { counter: record.counter, renewals, since: now });
      return "alive";
    }
    return now - seen.since >= this.#services.claims.expireMs ? "gone" : "alive";
  }

  /** Whether an owner's process is proven gone: it could be looked at from here, and there is none such any more. */
  async isProvenGone(record: OwnerRecord | null): Promise<boolean> {
    if (record === null) return false;
    this.#identity ??= await identifyProcess();
    return isProvenGone(record, this.#identity);
  }

  /** Whether an owner's process can be seen to live: on this host, or by a renewal that was just seen. */
  async isProvenAlive(record: OwnerRecord | null): Promise<boolean> {
    if (record === null) return false;
    this.#identity ??= await identifyProcess();
    if (isComparable(record, this.#identity)) return true;
    const seen = this.#sightings.get(record.ownerId);
    // The first sighting proves nothing: the counter may have stood still for hours.
    return seen !== undefined && seen.renewals > 0;
  }

  /** Stops renewing, and removes this runtime's row: what it still claims is orphaned from then on. */
  async retire(): Promise<void> {
    this.#stop.abort();
    await this.#registration?.catch(() => undefined);
    await this.#renewing;
    if (this.#registration !== undefined) await this.#services.store.retire(this.id);
  }

  #leaseAge(): number {
    return this.#services.clock.monotonic() - this.#renewedAt;
  }

  async #start(): Promise<void> {
    this.#identity ??= await identifyProcess();
    await this.#renew();
    this.#renewing = this.#keepRenewing();
  }

  async #keepRenewing(): Promise<void> {
    const { clock, claims, logger } = this.#services;
    while (!this.#stop.signal.aborted) {
      try {
        await clock.sleep(claims.renewMs, this.#stop.signal);
        await this.#renew();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        // The next renewal may succeed; if none does, the lease ends and every effect is refused.
        logger.error("renewing the claims of this runtime failed", { reason: String(error) });
      }
    }
  }

  async #renew(): Promise<void> {
    const { clock, store, name } = this.#services;
    const startedAt = clock.monotonic();
    if (this.#identity === undefined) return;
    await store.renew({ ownerId: this.id, runtime: name, ...this.#identity });
    this.#renewedAt = startedAt;
  }
}
