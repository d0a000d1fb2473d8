import type { ToldSource } from "../../event/context-events.ts";
import type { SessionId } from "../../ids/id.ts";
import type { Change } from "../../store/change.ts";
import type { ContextRow } from "../../store/rows.ts";
import type { Projector } from "./projector.ts";

const nothing = { hash: null, text: "", removal: "" } satisfies Partial<ContextRow>;

/** Ends the epoch: the next step opens another one. The last values stay, for sources that are unavailable then: a compaction's change. */
export const closeEpoch = (sessionId: SessionId): Change => ({
  op: "update",
  table: "context",
  where: { sessionId },
  set: { epoch: null },
  expect: "any",
});

/** Ends the epoch, and forgets what was known in it: a move's change, and what comes before a baseline. */
export const forgetContext = (sessionId: SessionId): Change => ({
  op: "update",
  table: "context",
  where: { sessionId },
  set: { epoch: null, ...nothing },
  expect: "any",
});

const tell = (
  { key, hash, text, removal }: ToldSource,
  place: Pick<ContextRow, "sessionId" | "seq" | "position" | "epoch">,
): readonly Change[] => {
  const { sessionId, ...told } = { ...place, hash, text, removal };
  // In an update, what the baseline says stays as it is, and where the epoch opened.
  const changed = { hash, text, removal };
  return [
    { op: "insert", table: "context", row: { sessionId, key, ...told }, orKeep: true },
    { op: "update", table: "context", where: { key }, set: place.epoch === null ? changed : told, expect: "one" },
  ];
};

/** Row changes of the system context: each source has a row, with its part of the baseline and with what was told last. */
export const projectContext = {
  "context.admitted": ({ sessionId, seq, data: { executionId, messageId, sources, removed } }) => {
    const isBaseline = messageId === undefined;
    return [
      { op: "require", table: "execution", where: { executionId, state: "open" }, expect: "some" },
      ...(isBaseline ? [forgetContext(sessionId)] : []),
      ...sources.flatMap((source, position) =>
        tell(source, { sessionId, seq, position: isBaseline ? position : 0, epoch: isBaseline ? source.text : null }),
      ),
      ...removed.map(({ key }): Change => ({
        op: "update",
        table: "context",
        where: { key },
        set: nothing,
        expect: "one",
      })),
      ...(isBaseline
        ? []
        : [{ op: "insert", table: "message", row: { sessionId, messageId, seq, role: "system" } } satisfies Change]),
    ];
  },
} satisfies { readonly "context.admitted": Projector<"context.admitted"> };
