import type { OwnerId } from "@holdfast/core";
import type { ClaimRow, OwnerRecord } from "@holdfast/core/store";

/** The renewal rows of runtimes. */
export class MemoryOwners {
  readonly #rows = new Map<OwnerId, OwnerRecord>();

  renew(owner: Omit<OwnerRecord, "counter">): void {
    const counter = (this.#rows.get(owner.ownerId)?.counter ?? 0) + 1;
    this.#rows.set(owner.ownerId, { ...owner, counter });
  }

  retire(ownerId: OwnerId): void {
    this.#rows.delete(ownerId);
  }

  /** The row of a claim's owner. */
  of(claim: ClaimRow | null | undefined): OwnerRecord | null {
    const owner = claim?.owner ?? null;
    return owner === null ? null : (this.#rows.get(owner) ?? null);
  }
}
