import type { Approval, ApprovalKey } from "@holdfast/core/store";

/** Saved approvals, each once. */
export class MemoryApprovals {
  readonly #saved = new Map<string, Approval>();

  keep(approvals: readonly Approval[]): void {
    for (const approval of approvals) {
      const key = keyOf(approval);
      if (!this.#saved.has(key)) this.#saved.set(key, structuredClone(approval));
    }
  }

  of(project: string): readonly Approval[] {
    const found = [...this.#saved.values()].filter((approval) => approval.project === project);
    return structuredClone(found.toSorted((left, right) => left.time - right.time));
  }

  revoke(approval: ApprovalKey): boolean {
    return this.#saved.delete(keyOf(approval));
  }
}

const keyOf = ({ project, action, resource, agent }: ApprovalKey): string =>
  JSON.stringify([project, action, resource, agent]);
