import type { Change, InputRow, SessionRow } from "@holdfast/core/store";

/** That the request shows what is promoted, and is made as the session says: conditions on what it was decided from. */
export const asDecided = (
  { directory, workspaceId, agent, model }: SessionRow,
  promotions: readonly InputRow[],
): readonly Change[] => [
  { op: "require", table: "session", where: { directory, workspaceId, agent, model }, expect: "some" },
  ...promotions.map(({ messageId, valueSeq }): Change => ({
    op: "require",
    table: "input",
    where: { messageId, valueSeq },
    expect: "some",
  })),
];
