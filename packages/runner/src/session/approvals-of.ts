import type { Approval, Store } from "@holdfast/core/store";

/** The saved approvals of a project that are for an agent: those for every agent, and its own. */
export const approvalsOf = async (
  store: Store,
  { project, agent }: { readonly project: string; readonly agent: string },
): Promise<readonly Approval[]> =>
  (await store.approvals({ project })).filter((approval) => approval.agent === null || approval.agent === agent);
