import { HoldfastError } from "@holdfast/core";
import { argumentSchemas, parseArguments } from "@holdfast/core/arguments";
import { routes } from "@holdfast/core/routes";

import { calls } from "./answer/calls.ts";
import { readEventPage } from "./answer/event-page.ts";
import { bodyChunks, readJsonBody, wrongType } from "./request/read-body.ts";
import { toArgument } from "./request/to-argument.ts";
import { Authorizer } from "./security/authorizer.ts";
import { exportBody } from "./transfer/export-lines.ts";
import { importLines } from "./transfer/import-lines.ts";

import type { Holdfast } from "@holdfast/core";
import type { Route, RouteName } from "@holdfast/core/routes";
import type { ArgumentOf, CallContext, StreamedName } from "./answer/calls.ts";
import type { Authorize } from "./handler-options.ts";
import type { Limits } from "./limits.ts";
import type { EventStreams } from "./stream/event-streams.ts";
import type { BreakOff } from "./stream/frame-queue.ts";

/** What routes share. */
export interface RouteServices {
  readonly holdfast: Holdfast;
  readonly limits: Limits;
  readonly streams: EventStreams;
  readonly authorize: Authorize | undefined;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  /** Told what goes wrong in an answer that has begun. */
  readonly onError: (error: unknown) => void;
}

/** One request for one route. */
export interface RouteRequest {
  readonly name: RouteName;
  readonly request: Request;
  readonly path: Readonly<Record<string, string>>;
  /** How an answer is broken off that has begun. */
  readonly breakOff: BreakOff | undefined;
}

/**
 * Takes a request for a route: makes its argument, asks whether it may, and calls the facade.
 *
 * @throws argument.invalid, http.forbidden, and what the facade throws.
 */
export const handleRoute = async (services: RouteServices, route: RouteRequest): Promise<Response> => {
  const { holdfast, limits, authorize } = services;
  const { name, request } = route;
  const argument = await readArgument(services, route);
  const authorizer =
    authorize === undefined ? undefined : new Authorizer(authorize, { request, method: name, holdfast });
  await authorizer?.assert(argument);
  if (isStreamed(name)) return streamed[name](services, { ...route, argument });
  const context: CallContext = {
    authorizer,
    waitMs: limits.waitMs,
    signal: AbortSignal.any([request.signal, services.closing]),
  };
  // The table pairs each name with the type of its argument, and the argument was checked by the schema of that name.
  const call = calls[name] as (holdfast: Holdfast, argument: unknown, context: CallContext) => Promise<unknown>;
  return jsonAnswer(name, await call(holdfast, argument, context));
};

type AnyArgument = Parameters<Authorizer["assert"]>[0];

const readArgument = async ({ limits }: RouteServices, { name, request, path }: RouteRequest): Promise<AnyArgument> => {
  const route: Route = routes[name];
  const hasJson = route.method !== "GET" && (route.body ?? "json") === "json";
  const body = hasJson ? await readJsonBody(request, { bytes: limits.bodyBytes, ms: limits.bodyMs }) : {};
  const query = new URL(request.url).searchParams;
  if (name === "sessions.events" && request.headers.has("last-event-id"))
    query.set("after", request.headers.get("last-event-id") ?? "");
  const idempotencyKey = name === "sessions.prompt" ? request.headers.get("idempotency-key") : null;
  const argument = toArgument(name, route, { path, query, body, idempotencyKey });
  // Of whichever schema: what may be asked about it are these members, where it has them.
  return parseArguments(argumentSchemas[route.argument], argument, name) as AnyArgument;
};

const jsonAnswer = (name: RouteName, value: unknown): Response => {
  const { wrap, missing }: Route = routes[name];
  if (value === null && missing !== undefined) {
    throw new HoldfastError(missing, {
      message: `Expected what ${name} was asked for to be there, found nothing. Check the IDs, and the server's store.`,
    });
  }
  return Response.json(wrap === undefined ? value : { [wrap]: value });
};

interface Streamed extends RouteRequest {
  readonly argument: unknown;
}

const isStreamed = (name: RouteName): name is StreamedName => Object.hasOwn(streamed, name);

const streamed: { readonly [TName in StreamedName]: (services: RouteServices, call: Streamed) => Promise<Response> } = {
  "sessions.events": async ({ holdfast, streams }, { request, argument, breakOff }) => {
    const { limit, ...query } = argument as ArgumentOf<"sessions.events">;
    if (!wantsStream(request)) return Response.json(await readEventPage(holdfast, { ...query, limit }));
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" };
    return new Response(streams.open(holdfast, query, breakOff), { headers });
  },
  "sessions.export": async ({ holdfast, onError }, { argument, breakOff }) => {
    const { sessionId } = argument as ArgumentOf<"sessions.export">;
    const body = await exportBody(holdfast.sessions.export({ sessionId }), { breakOff, onError });
    return new Response(body, { headers: { "content-type": "application/x-ndjson" } });
  },
  "sessions.import": async ({ holdfast, limits }, { request, argument }) => {
    const type = request.headers.get("content-type") ?? "";
    if (!/^application\/x-ndjson\s*(?:;|$)/i.test(type)) throw wrongType("application/x-ndjson", type);
    const chunks = bodyChunks(request, { bytes: limits.importBytes, ms: limits.bodyMs, each: true });
    const options = argument as ArgumentOf<"sessions.import">;
    return Response.json(await holdfast.sessions.import({ ...options, lines: importLines(chunks) }));
  },
};

const wantsStream = (request: Request): boolean =>
  (request.headers.get("accept") ?? "").toLowerCase().includes("text/event-stream");
