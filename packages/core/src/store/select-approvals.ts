import type { Approval } from "./approval.ts";

/** The saved approvals of a project in their order, executably: for stores that have all of them at hand. */
export const selectApprovals = (saved: readonly Approval[], project: string): readonly Approval[] =>
  saved.filter((approval) => approval.project === project).toSorted(inOrder);

const inOrder = (left: Approval, right: Approval): number =>
  left.time - right.time ||
  compare(left.action, right.action) ||
  compare(left.resource, right.resource) ||
  compare(left.agent ?? "", right.agent ?? "");

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);
