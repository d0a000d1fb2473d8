import type { ErrorCode } from "../errors/catalogue.ts";
import type { ArgumentName } from "./argument-schemas.ts";

/** How a value of an argument is written in a query. */
export type QueryKind = "text" | "number" | "boolean";

/** The names of the answers that are one JSON value. */
export type AnswerName =
  | "session"
  | "sessionPage"
  | "activeSessions"
  | "deleteOutcome"
  | "releaseOutcome"
  | "importOutcome"
  | "receipt"
  | "pendingInputs"
  | "inputChange"
  | "interruptOutcome"
  | "resumeOutcome"
  | "waitOutcome"
  | "recoveryInfo"
  | "messagePage"
  | "sessionContext"
  | "todos"
  | "eventPage"
  | "outputWindow"
  | "askPage"
  | "ask"
  | "answerReceipt"
  | "explanation"
  | "approvals"
  | "revocation"
  | "locations"
  | "fileList"
  | "models";

/** How one method of the facade crosses the wire (PROTOCOL 1). */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Names in braces are members of the argument. */
  readonly path: string;
  /** What is said of it in the document. */
  readonly summary: string;
  /** The schema of the argument: what path, query and body hold together. */
  readonly argument: ArgumentName;
  /** Members of the argument that stand in the query. What stands in neither is in the body. */
  readonly query?: Readonly<Record<string, QueryKind>>;
  /** `lines`: JSON Lines, streamed. Default: a JSON object, where the method is one that has a body. */
  readonly body?: "json" | "lines" | "none";
  readonly answer: AnswerName | "lines";
  /** Under what name the answer is put in an object: where the method gives something that is none. */
  readonly wrap?: string;
  /** The error where the method gives null. */
  readonly missing?: ErrorCode;
}
