import type { Route } from "./route.ts";

const session = "/v1/sessions/{sessionId}";
const paged = { limit: "number", page: "text" } as const;

/** Sessions themselves: made, changed, moved between stores. */
export const sessionRoutes = {
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
} as const satisfies Record<string, Route>;
