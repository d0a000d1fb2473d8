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

const session = "/v1/sessions/{sessionId}";
const paged = { limit: "number", page: "text" } as const;

/** Every method of the facade that crosses the wire, by its name: the table of PROTOCOL 1. */
export const routes = {
  "sessions.list": {
    method: "GET",
    path: "/v1/sessions",
    summary: "Sessions, newest first.",
    argument: "list",
    query: { directory: "text", parentId: "text", search: "text", ...paged },
    answer: "sessionPage",
  },
  "sessions.create": {
    method: "POST",
    path: "/v1/sessions",
    summary: "Creates a session, or gives the stored one of the same ID.",
    argument: "create",
    answer: "session",
  },
  "sessions.get": {
    method: "GET",
    path: session,
    summary: "A session.",
    argument: "session",
    answer: "session",
    missing: "session.not-found",
  },
  "sessions.update": {
    method: "PATCH",
    path: session,
    summary: "Gives a session another title, agent or model.",
    argument: "update",
    answer: "session",
  },
  "sessions.delete": {
    method: "DELETE",
    path: session,
    summary: "Deletes a session for good.",
    argument: "session",
    body: "none",
    answer: "deleteOutcome",
  },
  "sessions.move": {
    method: "POST",
    path: `${session}/move`,
    summary: "Lets a session go on at another directory.",
    argument: "move",
    answer: "session",
  },
  "sessions.fork": {
    method: "POST",
    path: `${session}/fork`,
    summary: "A new session that begins as a copy of this one.",
    argument: "fork",
    answer: "session",
  },
  "sessions.release": {
    method: "POST",
    path: `${session}/release`,
    summary: "Makes a replica this store's own.",
    argument: "session",
    answer: "releaseOutcome",
  },
  "sessions.export": {
    method: "GET",
    path: `${session}/export`,
    summary: "The session as JSON Lines.",
    argument: "session",
    answer: "lines",
  },
  "sessions.import": {
    method: "POST",
    path: "/v1/import",
    summary: "Takes what an export gave, as a replica.",
    argument: "import",
    query: { replayOwner: "text", strict: "boolean" },
    body: "lines",
    answer: "importOutcome",
  },
  "sessions.active": {
    method: "GET",
    path: "/v1/active",
    summary: "The sessions on which this runtime works now.",
    argument: "nothing",
    answer: "activeSessions",
    wrap: "sessions",
  },
  "sessions.prompt": {
    method: "POST",
    path: `${session}/inputs`,
    summary: "Admits an input, once for its identity.",
    argument: "prompt",
    answer: "receipt",
  },
  "sessions.inputs": {
    method: "GET",
    path: `${session}/inputs`,
    summary: "Inputs that the model has not seen yet.",
    argument: "session",
    answer: "pendingInputs",
    wrap: "inputs",
  },
  "sessions.replaceInput": {
    method: "PUT",
    path: `${session}/inputs/{messageId}`,
    summary: "Gives a pending input another content.",
    argument: "replaceInput",
    answer: "inputChange",
  },
  "sessions.withdrawInput": {
    method: "DELETE",
    path: `${session}/inputs/{messageId}`,
    summary: "Takes a pending input out of the inbox.",
    argument: "withdrawInput",
    query: { version: "number" },
    body: "none",
    answer: "inputChange",
  },
  "sessions.receipt": {
    method: "GET",
    path: `${session}/receipt`,
    summary: "What became of an input.",
    argument: "receipt",
    query: { id: "text", idempotencyKey: "text" },
    answer: "receipt",
    missing: "input.not-found",
  },
  "sessions.interrupt": {
    method: "POST",
    path: `${session}/interrupt`,
    summary: "Asks the open execution to stop.",
    argument: "interrupt",
    answer: "interruptOutcome",
  },
  "sessions.resume": {
    method: "POST",
    path: `${session}/resume`,
    summary: "Consents to go on.",
    argument: "session",
    answer: "resumeOutcome",
  },
  "sessions.wait": {
    method: "GET",
    path: `${session}/wait`,
    summary: "Waits for the next rest, for a while.",
    argument: "wait",
    query: { after: "text", timeoutMs: "number" },
    answer: "waitOutcome",
  },
  "sessions.recovery": {
    method: "GET",
    path: `${session}/recovery`,
    summary: "Whether the session's execution wants recovery, and what that would do.",
    argument: "session",
    answer: "recoveryInfo",
  },
  "sessions.messages": {
    method: "GET",
    path: `${session}/messages`,
    summary: "Messages of the history.",
    argument: "messages",
    query: { afterSeq: "number", limit: "number" },
    answer: "messagePage",
  },
  "sessions.context": {
    method: "GET",
    path: `${session}/context`,
    summary: "What the model would see next.",
    argument: "session",
    answer: "sessionContext",
  },
  "sessions.todos": {
    method: "GET",
    path: `${session}/todos`,
    summary: "The todos that the session keeps track of.",
    argument: "session",
    answer: "todos",
    wrap: "todos",
  },
  "sessions.events": {
    method: "GET",
    path: `${session}/events`,
    summary: "Events after a cursor: a page, or a stream.",
    argument: "eventsRequest",
    query: { after: "text", live: "boolean", until: "text", limit: "number" },
    answer: "eventPage",
  },
  "outputs.read": {
    method: "GET",
    path: `${session}/output`,
    summary: "A window of an output that was too long to show whole.",
    argument: "output",
    query: { ref: "text", offset: "number", limit: "number" },
    answer: "outputWindow",
  },
  "asks.list": {
    method: "GET",
    path: "/v1/asks",
    summary: "Open asks.",
    argument: "listAsks",
    query: { sessionId: "text", rootId: "text", ...paged },
    answer: "askPage",
  },
  "asks.get": {
    method: "GET",
    path: `${session}/asks/{askId}`,
    summary: "An ask, open or over.",
    argument: "ask",
    answer: "ask",
    missing: "ask.not-found",
  },
  "asks.answer": {
    method: "POST",
    path: `${session}/asks/{askId}/answer`,
    summary: "Answers an ask, once.",
    argument: "answer",
    answer: "answerReceipt",
  },
  "asks.explain": {
    method: "POST",
    path: `${session}/explain`,
    summary: "What the permissions say of an action on a resource.",
    argument: "explain",
    answer: "explanation",
  },
  "asks.approvals": {
    method: "GET",
    path: "/v1/approvals",
    summary: "Saved approvals of a project.",
    argument: "approvals",
    query: { sessionId: "text", project: "text" },
    answer: "approvals",
    wrap: "approvals",
  },
  "asks.revoke": {
    method: "POST",
    path: "/v1/approvals/revoke",
    summary: "Takes an approval back.",
    argument: "revoke",
    answer: "revocation",
    wrap: "revoked",
  },
  "locations.list": {
    method: "GET",
    path: "/v1/locations",
    summary: "The Locations that are open.",
    argument: "nothing",
    answer: "locations",
    wrap: "locations",
  },
  "locations.files": {
    method: "GET",
    path: "/v1/locations/files",
    summary: "What lies in a directory of a Location.",
    argument: "files",
    query: { directory: "text", workspaceId: "text", path: "text" },
    answer: "fileList",
  },
  "models.list": {
    method: "GET",
    path: "/v1/models",
    summary: "The models that the host offers.",
    argument: "nothing",
    answer: "models",
    wrap: "models",
  },
} as const satisfies Record<string, Route>;

/** The name of a route: the method of the facade that it stands for. */
export type RouteName = keyof typeof routes;
