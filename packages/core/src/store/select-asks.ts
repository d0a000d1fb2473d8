import { assertPage } from "./assert-page.ts";

import type { SessionId } from "../ids/id.ts";
import type { AskQuery } from "./reads.ts";
import type { AskRow, SessionRow } from "./rows.ts";

/** The most asks that one read returns. */
export const maxAsksPerPage = 200;

/** What a query of asks finds, executably: for stores that have all rows at hand. */
export const selectAsks = (
  sessions: readonly { readonly session: SessionRow | undefined; readonly asks: readonly AskRow[] }[],
  { sessionId, rootId, callId, state, after, limit }: AskQuery,
): readonly AskRow[] => {
  assertPage({ limit });
  return sessions
    .filter(({ session }) => sessionId === undefined || session?.sessionId === sessionId)
    .filter(({ session }) => rootId === undefined || session?.rootId === rootId)
    .flatMap(({ asks }) => asks)
    .filter((ask) => callId === undefined || ask.callId === callId)
    .filter((ask) => state === undefined || ask.state === state)
    .toSorted(inOrder)
    .filter((ask) => after === undefined || inOrder(ask, after) > 0)
    .slice(0, Math.min(limit, maxAsksPerPage));
};

type Place = { readonly sessionId: SessionId; readonly seq: number };

const inOrder = (left: Place, right: Place): number =>
  left.sessionId === right.sessionId ? left.seq - right.seq : left.sessionId < right.sessionId ? -1 : 1;
