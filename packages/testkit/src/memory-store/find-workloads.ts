import { isWorkload } from "./snapshot.ts";

import type { SessionId } from "@holdfast/core";
import type { Store, Workload } from "@holdfast/core/store";
import type { MemoryOwners } from "./memory-owners.ts";
import type { MemorySession } from "./memory-session.ts";

/** Sessions with work that nobody may be doing, in the order of their IDs. */
export const findWorkloads = (
  sessions: ReadonlyMap<string, MemorySession>,
  owners: MemoryOwners,
  { runtime, limit, after }: Parameters<Store["workloads"]>[0],
): readonly Workload[] => {
  const inOrder = [...sessions].toSorted(([left], [right]) => (left < right ? -1 : 1));
  const found = inOrder.flatMap(([sessionId, session]) => {
    if (after !== undefined && sessionId <= after) return [];
    const rows = session.rows.snapshot();
    if (session.replica !== null || !isWorkload(rows, runtime)) return [];
    const execution = rows.execution.find(({ state }) => state === "open") ?? null;
    return [{ sessionId: sessionId as SessionId, execution, claim: session.claim, owner: owners.of(session.claim) }];
  });
  return found.slice(0, limit);
};
