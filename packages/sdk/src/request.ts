import { HoldfastError } from "@holdfast/core/errors";

/** Method and path of a route, with its parameters in braces. */
export type Route = `${"GET" | "POST" | "PUT" | "PATCH" | "DELETE"} /${string}`;

/** A request, but for what all requests of a client have in common. */
export interface WireRequest {
  readonly route: Route;
  /** After the base URL. */
  readonly path: string;
  readonly method: string;
  /** As JSON. */
  readonly body?: string;
}

/**
 * The argument of a method as its route takes it (PROTOCOL 1.2): parameters of the path, and of what is left the query or the body.
 *
 * @throws argument.invalid for what cannot be written down so. All else is for the server to check.
 */
export const toRequest = (route: Route, argument: object, placing?: "query"): WireRequest => {
  const [method = "", template = ""] = route.split(" ");
  const { signal: _signal, ...rest } = argument as Record<string, unknown>;
  const path = template.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = rest[name];
    delete rest[name];
    return segment(route, name, value);
  });
  if (placing !== "query" && method !== "GET" && method !== "DELETE")
    return { route, method, path, body: toJson(route, rest) };
  const query = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encoded(route, name, value)}`);
  return { route, method, path: query.length === 0 ? path : `${path}?${query.join("&")}` };
};

// "." and ".." would be taken for steps along the path, however they are escaped, and lead to another route.
const segment = (route: Route, name: string, value: unknown): string => {
  if (typeof value === "string" && !/^\.{0,2}$/.test(value)) return encoded(route, name, value);
  throw invalid(route, `expected ${name} to be an ID, found ${JSON.stringify(value)}`);
};

const encoded = (route: Route, name: string, value: unknown): string => {
  try {
    return encodeURIComponent(String(value));
  } catch {
    throw invalid(route, `expected ${name} to be well-formed text`);
  }
};

const toJson = (route: Route, value: unknown): string => {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw invalid(route, `expected what JSON can say: ${String(cause)}`);
  }
};

const invalid = (route: Route, what: string): HoldfastError =>
  new HoldfastError("argument.invalid", { message: `${route}: ${what}. Nothing was sent.` });
