import { HoldfastError, silentLogger } from "@holdfast/core";
import { parseArguments } from "@holdfast/core/arguments";
import { routes } from "@holdfast/core/routes";
import { Hono } from "hono";

import { assetResponse } from "./answer/asset.ts";
import { Opening } from "./answer/opening.ts";
import { problemResponse } from "./answer/problem-response.ts";
import { toProblem } from "./answer/to-problem.ts";
import { handleRoute } from "./handle-route.ts";
import { handlerOptionsSchema } from "./handler-options.ts";
import { openApiDocument } from "./openapi/document.ts";
import { placeCheck } from "./security/check-place.ts";
import { tokenCheck } from "./security/check-token.ts";
import { corsHeaders, preflight } from "./security/cors.ts";
import { EventStreams } from "./stream/event-streams.ts";

import type { Route, RouteName } from "@holdfast/core/routes";
import type { HttpHandlerOptions } from "./handler-options.ts";

/** A handler of requests, for any server that speaks `fetch`. Disposing of it takes no new requests and tells every stream to come again. */
export interface HttpHandler extends AsyncDisposable {
  /** Answers a request. Never rejects. */
  readonly fetch: (request: Request, connection?: HttpConnection) => Promise<Response>;
}

/** What a handler is told of the connection of a request, beside the request: as `@hono/node-server` does. */
export interface HttpConnection {
  /** Node's answer, to break it off. Without it the body of the answer fails. */
  readonly outgoing?: { readonly destroy: () => unknown } | undefined;
}

/**
 * Serves a facade (PROTOCOL.md). Who may call is for the options to say: a handler without a token belongs behind a server that listens on
 * loopback alone, as `serve` sees to.
 *
 * @throws argument.invalid for options that do not fit.
 */
export const createHttpHandler = (options: HttpHandlerOptions): HttpHandler => {
  const checked = parseArguments(handlerOptionsSchema, options, "createHttpHandler");
  const { limits, logger = silentLogger, authorize } = checked;
  const opening = new Opening(checked.holdfast, logger);
  const streams = new EventStreams(limits, (error) => toProblem(error, "a stream of events", logger));
  const closing = new AbortController();
  const checkToken = tokenCheck(checked.token);
  const checkPlace = placeCheck(checked);

  const onError = (error: unknown): void => void toProblem(error, "an answer that had begun", logger);
  const app = new Hono<{ Bindings: HttpConnection }>();
  app.get("/health", () => Response.json({ status: "ok" }));
  app.get("/ready", () => {
    if (closing.signal.aborted) throw closingError();
    const { state } = opening;
    return "problem" in state ? problemResponse(state.problem) : Response.json({ status: "ready" });
  });
  app.get("/v1/openapi.json", () => Response.json(openApiDocument()));
  for (const name of Object.keys(routes) as RouteName[]) {
    const { method, path }: Route = routes[name];
    app.on(method, path.replaceAll(/\{(\w+)\}/g, ":$1"), async (context) => {
      const { state } = opening;
      if ("problem" in state) return problemResponse(state.problem);
      const services = { holdfast: state.holdfast, limits, streams, authorize, closing: closing.signal, onError };
      const { outgoing } = context.env;
      const breakOff = outgoing === undefined ? undefined : () => void outgoing.destroy();
      return handleRoute(services, { name, request: context.req.raw, path: context.req.param(), breakOff });
    });
  }
  app.notFound((context) => {
    throw notFound(context.req.method, context.req.path);
  });
  app.onError((error) => {
    throw error;
  });

  /** What is asked of every request before its route sees it. */
  const answer = async (request: Request, path: string, connection: HttpConnection): Promise<Response> => {
    if (path === "/health" || path === "/ready") return app.fetch(request, connection);
    // The same for everyone, and nothing of this machine: a page that asks for the token must come without one.
    const asset = assetResponse(checked.assets, request);
    if (asset !== undefined) return asset;
    const origin = checkPlace(request);
    const isAsked = request.method === "OPTIONS" && request.headers.has("access-control-request-method");
    if (isAsked && origin !== undefined) return preflight(origin);
    try {
      if (closing.signal.aborted) throw closingError();
      checkToken(request);
      // Hono would answer it as GET, and an event stream has no end to be left out.
      if (request.method === "HEAD") throw notFound("HEAD", path);
      return withHeaders(await app.fetch(request, connection), origin === undefined ? {} : corsHeaders(origin));
    } catch (error) {
      return problemAnswer(error, request, origin);
    }
  };

  const problemAnswer = (error: unknown, request: Request, origin?: string): Response => {
    // A client that has gone is told nothing, and a wait that the server's end cut short is no failure.
    const shown = closing.signal.aborted && !HoldfastError.isInstance(error) ? closingError() : error;
    const cors = origin === undefined ? {} : corsHeaders(origin);
    const logged = request.signal.aborted ? silentLogger : logger;
    return problemResponse(toProblem(shown, `${request.method} ${new URL(request.url).pathname}`, logged), cors);
  };

  return {
    fetch: async (request, connection = {}) => {
      const response = await answer(request, new URL(request.url).pathname, connection).catch((error: unknown) =>
        problemAnswer(error, request),
      );
      return withHeaders(response, closing.signal.aborted ? { ...common, connection: "close" } : common);
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      streams.close();
    },
  };
};

/** Nothing here is a page to be framed or a type to be guessed, and nothing is for a cache that others share. */
const common = { "x-content-type-options": "nosniff", "cache-control": "no-store" } as const;

const withHeaders = (response: Response, headers: Readonly<Record<string, string>>): Response => {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
};

const closingError = (): HoldfastError<"http.closing"> =>
  new HoldfastError("http.closing", { message: "The server is shutting down. Come again in a moment." });

/** Whether the path is one that other methods know. */
const notFound = (method: string, path: string): HoldfastError => {
  const known = Object.values(routes).filter((route) => toPattern(route.path).test(path));
  if (known.length === 0) {
    return new HoldfastError("http.not-found", {
      message: "Expected one of the routes of /v1/openapi.json, found another path. Correct the path.",
    });
  }
  const allowed = [...new Set(known.map((route) => route.method))];
  return new HoldfastError("http.method-not-allowed", {
    message: `Expected ${allowed.join(" or ")} for this path, found ${JSON.stringify(method.slice(0, 20))}. Use one of them.`,
    data: { allowed },
  });
};

const toPattern = (path: string): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
