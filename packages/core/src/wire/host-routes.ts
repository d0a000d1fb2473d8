import type { Route } from "./route.ts";

const session = "/v1/sessions/{sessionId}";
const paged = { limit: "number", page: "text" } as const;

/** Asks, outputs, Locations and models. */
export const hostRoutes = {
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
