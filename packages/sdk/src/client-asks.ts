import { orNull } from "./or-null.ts";

import type { Client } from "./client.ts";
import type { Wire } from "./wire.ts";

/** Asks over the wire. An exact retry of an answer returns its receipt again, so that it may be repeated. */
export const clientAsks = (wire: Wire): Client["asks"] => ({
  list: (query = {}, call) => wire.call("GET /v1/asks", query, call),
  get: (query, call) => orNull(wire.call("GET /v1/sessions/{sessionId}/asks/{askId}", query, call), "ask.not-found"),
  answer: (answer, call) =>
    wire.call("POST /v1/sessions/{sessionId}/asks/{askId}/answer", answer, { ...call, isRepeatable: true }),
  approvals: async (query, call) => (await wire.call("GET /v1/approvals", query, call)).approvals,
  revoke: async (approval, call) => (await wire.call("POST /v1/approvals/revoke", approval, call)).revoked,
  explain: (request, call) =>
    wire.call("POST /v1/sessions/{sessionId}/explain", request, { ...call, isRepeatable: true }),
});
