import { selectApprovals } from "@holdfast/core/store";

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
    return structuredClone(selectApprovals([...this.#saved.values()], project));
  }

  revoke(approval: ApprovalKey): boolean {
    return this.#saved.delete(keyOf(approval));
  }
}

const keyOf = ({ project, action, resource, agent }: ApprovalKey): string =>
  JSON.stringify([project, action, resource, agent]);
