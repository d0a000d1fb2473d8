import type { ToldSource } from "../../event/context-events.ts";
import type { SessionId } from "../../ids/id.ts";
import type { Change } from "../../store/change.ts";
import type { ContextRow } from "../../store/rows.ts";
import type { Projector } from "./projector.ts";

/**
 * Ends the epoch: the next step opens another one. The last values stay, for sources that are unavailable then: a compaction's changes. What
 * is gone has no row without an epoch.
 */
export const closeEpoch = (sessionId: SessionId): readonly Change[] => [
  { op: "delete", table: "context", where: { sessionId, hash: null } },
  { op: "update", table: "context", where: { sessionId }, set: { epoch: null }, expect: "any" },
];

/** Ends the epoch, and forgets what was known in it: a move's change, and what comes before a baseline. */
export const forgetContext = (sessionId: SessionId): Change => ({
  op: "delete",
  table: "context",
  where: { sessionId },
});

/** In an update, what the baseline says stays as it is, and where the epoch opened. */
const tellUpdate = (
  { sessionId, seq }: Pick<ContextRow, "sessionId" | "seq">,
  { key, hash, text, removal }: ToldSource,
): readonly Change[] => {
  const told = { hash, text, removal };
  const row = { sessionId, key, position: 0, epoch: null, seq, ...told };
  return [
    { op: "insert", table: "context", row, orKeep: true },
    { op: "update", table: "context", where: { key }, set: told, expect: "one" },
  ];
};

const tellBaseline = (
  { sessionId, seq, position }: Pick<ContextRow, "sessionId" | "seq" | "position">,
  { key, hash, text, removal }: ToldSource,
): Change => ({
  op: "insert",
  table: "context",
  row: { sessionId, key, position, epoch: text, hash, text, removal, seq },
});

/** What is gone stays where the baseline tells it, and only there. */
const takeBack = (key: string): readonly Change[] => [
  { op: "update", table: "context", where: { key }, set: { hash: null, text: "", removal: "" }, expect: "one" },
  { op: "delete", table: "context", where: { key, hash: null, epoch: null } },
];

/** Row changes of the system context: each source has a row, with its part of the baseline and with what was told last. */
export const projectContext = {
  "context.admitted": ({ sessionId, seq, data: { executionId, messageId, sources, removed } }) => {
    const isOpen = {
      op: "require",
      table: "execution",
      where: { executionId, state: "open" },
      expect: "some",
    } satisfies Change;
    if (messageId === undefined)
      return [
        isOpen,
        forgetContext(sessionId),
        ...sources.map((source, position) => tellBaseline({ sessionId, seq, position }, source)),
        ...removed.flatMap(({ key }) => takeBack(key)),
      ];
    return [
      isOpen,
      ...sources.flatMap((source) => tellUpdate({ sessionId, seq }, source)),
      ...removed.flatMap(({ key }) => takeBack(key)),
      { op: "insert", table: "message", row: { sessionId, messageId, seq, role: "system" } },
    ];
  },
} satisfies { readonly "context.admitted": Projector<"context.admitted"> };
