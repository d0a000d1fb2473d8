import { deleteSession } from "./delete-session.ts";
import { exportLines } from "./export-lines.ts";
import { importLines } from "./import-lines.ts";
import { orNull } from "./or-null.ts";
import { readEvents } from "./read-events.ts";
import { waitForRest } from "./wait-for-rest.ts";

import type { Client } from "./client.ts";
import type { Wire } from "./wire.ts";

/** Sessions over the wire. */
export const clientSessions = (wire: Wire): Client["sessions"] => ({
  create: (options, call) =>
    wire.call("POST /v1/sessions", options, { ...call, isRepeatable: options?.id !== undefined }),
  get: (query, call) => orNull(wire.call("GET /v1/sessions/{sessionId}", query, call), "session.not-found"),
  list: (query = {}, call) => wire.call("GET /v1/sessions", query, call),
  update: (change, call) => wire.call("PATCH /v1/sessions/{sessionId}", change, call),
  move: (move, call) => wire.call("POST /v1/sessions/{sessionId}/move", move, call),
  delete: (query, call) => deleteSession(wire, query, call),
  active: async (call) => (await wire.call("GET /v1/active", {}, call)).sessions,
  context: (query, call) => wire.call("GET /v1/sessions/{sessionId}/context", query, call),
  prompt: (prompt, call) =>
    wire.call("POST /v1/sessions/{sessionId}/inputs", prompt, {
      ...call,
      isRepeatable: (prompt?.id ?? prompt?.idempotencyKey) !== undefined,
    }),
  compact: (request, call) =>
    wire.call("POST /v1/sessions/{sessionId}/compact", request, {
      ...call,
      isRepeatable: (request?.id ?? request?.idempotencyKey) !== undefined,
    }),
  receipt: (query, call) => orNull(wire.call("GET /v1/sessions/{sessionId}/receipt", query, call), "input.not-found"),
  inputs: async (query, call) => (await wire.call("GET /v1/sessions/{sessionId}/inputs", query, call)).inputs,
  replaceInput: (change, call) => wire.call("PUT /v1/sessions/{sessionId}/inputs/{messageId}", change, call),
  withdrawInput: (change, call) => wire.call("DELETE /v1/sessions/{sessionId}/inputs/{messageId}", change, call),
  todos: async (query, call) => (await wire.call("GET /v1/sessions/{sessionId}/todos", query, call)).todos,
  messages: (query, call) => wire.call("GET /v1/sessions/{sessionId}/messages", query, call),
  events: (query, call) => readEvents(wire, query, call),
  wait: (query, call) => waitForRest(wire, query, call),
  interrupt: (query, call) => wire.call("POST /v1/sessions/{sessionId}/interrupt", query, call),
  resume: (query, call) => wire.call("POST /v1/sessions/{sessionId}/resume", query, call),
  recovery: (query, call) => wire.call("GET /v1/sessions/{sessionId}/recovery", query, call),
  export: (query, call) => exportLines(wire, query, call),
  import: (session, call) => importLines(wire, session, call),
  release: (query, call) => wire.call("POST /v1/sessions/{sessionId}/release", query, call),
  fork: (options, call) =>
    wire.call("POST /v1/sessions/{sessionId}/fork", options, { ...call, isRepeatable: options?.id !== undefined }),
});
