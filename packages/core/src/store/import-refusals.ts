import { HoldfastError } from "../errors/holdfast-error.ts";
import { cutText } from "./issue-text.ts";

import type { ErrorCode } from "../errors/catalogue.ts";
import type { SessionId } from "../ids/id.ts";

/** Where an import is refused: the session, and the position in its log. */
export interface ImportPlace {
  readonly sessionId: SessionId;
  readonly seq: number;
  /** Which blob, where it is one. */
  readonly blob?: string;
  /** Which event, where its ID says more than its position. */
  readonly id?: string;
}

const refusal =
  <TCode extends ErrorCode>(code: TCode, remedy: string) =>
  (place: ImportPlace, expected: string, found: string): HoldfastError<TCode> => {
    const said = { expected: cutText(expected), found: cutText(found) };
    return new HoldfastError(code, {
      message: `Expected ${said.expected} at event ${place.seq} of session ${place.sessionId}, found ${said.found}. ${remedy} Nothing was changed.`,
      data: { ...place, ...said },
    });
  };

/** An event of another session. */
export const importForeign = refusal("import.foreign", "Import each session's events by themselves.");

/** An event that does not follow on the one before it, or on the end of the log. */
export const importGap = refusal("import.gap", "Send the events in between first.");

/** A position at which the log holds another event. */
export const importDivergent = refusal(
  "import.divergent",
  "The two logs went apart before: verify both, and keep one of them under another store.",
);

/** An ID that another event has. */
export const importReusedId = refusal("import.reused-id", "Verify the source: its writer made no new ID.");

/** A hash or a link that does not fit what it is over. */
export const importBrokenChain = refusal(
  "import.broken-chain",
  "It was changed on its way or in its source: verify the source.",
);

/** What is in no shape that an import may have. */
export const importMalformed = refusal("import.malformed", "Export the session again with the version that wrote it.");

/** A session that takes no imported events. */
export const importNotReplica = (sessionId: SessionId, found: string): HoldfastError<"import.not-replica"> =>
  new HoldfastError("import.not-replica", {
    message: `Expected session ${sessionId} to be new here or a replica that was not released, found ${found}. Import it into another store, or fork it.`,
    data: { sessionId },
  });

/** Events of a node other than the one that replicates the session, in strict mode. */
export const importOwner = (sessionId: SessionId, owner: string, found: string | null): HoldfastError<"import.owner"> =>
  new HoldfastError("import.owner", {
    message: `Expected the events of session ${sessionId} from node ${JSON.stringify(owner)}, which replicates it here, found ${found === null ? "no node named" : JSON.stringify(found)}. Send them from that node, or release the session.`,
    data: { sessionId, expected: owner, found },
  });
