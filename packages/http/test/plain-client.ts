import { HoldfastError } from "@holdfast/core";
import { routes } from "@holdfast/core/routes";

import type { EventItem, EventsQuery, Holdfast, ImportSession, WaitOutcome } from "@holdfast/core";
import type { Problem, Route, RouteName } from "@holdfast/core/routes";

/** The facade over a server, by the table of routes and nothing else: no retries, no reconnecting. For the suite of the contract. */
export const plainClient = (url: string, headers: Readonly<Record<string, string>> = {}): Omit<Holdfast, symbol> => {
  const send = async (name: RouteName, argument: object = {}, init: RequestInit = {}): Promise<Response> => {
    const { signal, ...given } = argument as Record<string, unknown>;
    const route: Route = routes[name];
    const members = new Map(Object.entries(given).filter(([, value]) => value !== undefined));
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, member: string) => {
      const value = String(members.get(member));
      members.delete(member);
      return encodeURIComponent(value);
    });
    const query = new URLSearchParams();
    for (const member of Object.keys(route.query ?? {})) {
      const value = members.get(member);
      if (value !== undefined) query.set(member, String(value as string | number | boolean));
      members.delete(member);
    }
    const isJson = route.method !== "GET" && init.body === undefined && (route.body ?? "json") === "json";
    const response = await fetch(`${url}${path}?${query.toString()}`, {
      method: route.method,
      ...(isJson ? { body: JSON.stringify(Object.fromEntries(members)) } : {}),
      ...init,
      headers: { ...headers, ...(isJson ? { "content-type": "application/json" } : {}), ...(init.headers as object) },
      ...(signal instanceof AbortSignal ? { signal } : {}),
    });
    if (!response.ok) throw toError((await response.json()) as Problem);
    return response;
  };
  const call = async (name: RouteName, argument?: object): Promise<unknown> => {
    const { wrap, missing }: Route = routes[name];
    try {
      const answer = (await (await send(name, argument)).json()) as Record<string, unknown>;
      return wrap === undefined ? answer : answer[wrap];
    } catch (error) {
      if (missing !== undefined && HoldfastError.isInstance(error) && error.code === missing) {
        // A session that is not there is an error of every method but its own `get`.
        if (missing === "session.not-found" || error.message.startsWith("Expected what")) return null;
      }
      throw error;
    }
  };
  const group = (prefix: string, more: object = {}): unknown =>
    new Proxy(more, {
      get: (target, method) =>
        Reflect.get(target, method) ??
        ((argument?: object) => call(`${prefix}.${String(method)}` as RouteName, argument)),
    });
  return {
    sessions: group("sessions", {
      events: (query: EventsQuery) =>
        readEvents(() => send("sessions.events", query, { headers: { accept: "text/event-stream" } })),
      wait: async (query: { readonly timeoutMs?: number }) => {
        const deadline = performance.now() + (query.timeoutMs ?? Infinity);
        for (;;) {
          const left = deadline - performance.now();
          const timeoutMs = left === Infinity ? undefined : Math.max(0, left);
          const outcome = (await call("sessions.wait", { ...query, timeoutMs })) as WaitOutcome;
          if (outcome.status !== "timeout" || performance.now() >= deadline) return outcome;
        }
      },
      export: (query: object) => readLines(() => send("sessions.export", query)),
      import: async ({ lines, ...query }: ImportSession) => {
        if (typeof lines === "string") throw new HoldfastError("argument.invalid", { message: "Expected lines." });
        const all: string[] = [];
        for await (const line of lines) all.push(`${line}\n`);
        const init = { body: all.join(""), headers: { "content-type": "application/x-ndjson" } };
        return (await send("sessions.import", query, init)).json();
      },
    }) as Holdfast["sessions"],
    asks: group("asks") as Holdfast["asks"],
    outputs: group("outputs") as Holdfast["outputs"],
    locations: group("locations") as Holdfast["locations"],
    models: group("models") as Holdfast["models"],
  };
};

const toError = ({ code, detail, data }: Problem): HoldfastError => new HoldfastError(code, { message: detail, data });

async function* pieces(open: () => Promise<Response>, separator: string): AsyncGenerator<string, void, undefined> {
  const { body } = await open();
  let text = "";
  for await (const part of (body ?? new ReadableStream<Uint8Array>()).pipeThrough<string>(
    new TextDecoderStream() as never,
  )) {
    const found = (text + part).split(separator);
    text = found.pop() ?? "";
    yield* found;
  }
  if (text !== "") throw new Error(`the body broke off: ${text.slice(0, 80)}`);
}

const readLines = (open: () => Promise<Response>): AsyncIterable<string> => pieces(open, "\n");

async function* readEvents(open: () => Promise<Response>): AsyncGenerator<EventItem, void, undefined> {
  for await (const frame of pieces(open, "\n\n")) {
    const field = (name: string): string => new RegExp(`^${name}: ?(.*)$`, "m").exec(frame)?.[1] ?? "";
    const kind = field("event");
    if (kind === "") continue;
    if (kind === "end" || kind === "reconnect") return;
    const data = JSON.parse(field("data")) as never;
    if (kind === "error") throw toError(data);
    const cursor = field("id") as never;
    if (kind === "event") yield { kind, event: data, cursor };
    if (kind === "sync") yield { kind, cursor, ...(data as { live: boolean }) };
    if (kind === "live") yield { kind, live: data };
    if (kind === "notice") yield { kind, notice: data };
  }
}
