import { RowSet } from "../src/store/row-set.ts";
import { rowsAbove } from "../src/store/floor-rows.ts";
import { grow, sessionId } from "./grow-session.ts";

import type { SealedEnvelope } from "../src/event/envelope.ts";
import type { Floor, FrozenMessage, PrunePlan } from "../src/store/floor.ts";
import type { RowSnapshot } from "../src/store/rows.ts";
import type { Store } from "../src/store/store.ts";

/** What the reads of a stub answer from. */
export interface Kept {
  readonly log: readonly SealedEnvelope[];
  readonly rows: RowSnapshot;
  readonly floor: Floor | null;
  readonly frozen: readonly FrozenMessage[];
}

/** A session as it grew, whole. */
export const grownWhole = (choices: Parameters<typeof grow>[0]): Kept => {
  const { rows, log } = grow(choices);
  return { log, rows: rows.snapshot(), floor: null, frozen: [] };
};

/** What a pruning leaves. */
export const pruned = (kept: Kept, { floor, messages }: PrunePlan): Kept => ({
  log: kept.log.filter(({ seq }) => seq > floor.seq),
  rows: RowSet.restore(sessionId, rowsAbove(kept.rows, floor)).snapshot(),
  floor,
  frozen: [...kept.frozen, ...messages],
});

/** The reads of a store that planning and verification use. */
export const readsOf = ({ log, rows, floor, frozen }: Kept): Store =>
  ({
    events: async ({ after, limit }: { after: number; limit: number }) =>
      log.filter(({ seq }) => seq > after).slice(0, limit),
    head: async () => log.at(-1) ?? floor,
    floor: async () => floor,
    rows: async () => rows,
    blob: async () => null,
    admission: async () => null,
    history: async ({ after, limit }: { after: number; limit: number }) => {
      const messages = rows.message
        .filter(({ seq }) => seq > after)
        .toSorted((left, right) => left.seq - right.seq)
        .slice(0, limit);
      const ids = new Set(messages.map(({ messageId }) => messageId));
      return { messages, frozen: frozen.filter(({ messageId }) => ids.has(messageId)), events: [] };
    },
  }) as unknown as Store;
