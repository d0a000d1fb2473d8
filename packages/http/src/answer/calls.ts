import type { Holdfast } from "@holdfast/core";
import type { argumentSchemas } from "@holdfast/core/arguments";
import type { RouteName, routes } from "@holdfast/core/routes";
import type * as z from "zod";
import type { Authorizer } from "../security/authorizer.ts";

/** The argument of a route's method, checked. */
export type ArgumentOf<TName extends RouteName> = z.output<
  (typeof argumentSchemas)[(typeof routes)[TName]["argument"]]
>;

/** The routes whose answers are no single value that the facade gives at once. */
export type StreamedName = "sessions.events" | "sessions.export" | "sessions.import";

/** What a call is made with. */
export interface CallContext {
  /** Absent where everything is permitted. */
  readonly authorizer: Authorizer | undefined;
  /** How long `wait` waits at most, in milliseconds. */
  readonly waitMs: number;
  /** Aborts when the client has gone, or the server closes. */
  readonly signal: AbortSignal;
}

type Calls = {
  readonly [TName in Exclude<RouteName, StreamedName>]: (
    holdfast: Holdfast,
    argument: ArgumentOf<TName>,
    context: CallContext,
  ) => Promise<unknown>;
};

/** What each route does: its method of the facade, with its argument as it is. */
export const calls: Calls = {
  "sessions.list": async ({ sessions }, query, { authorizer }) => {
    const page = await sessions.list(query);
    if (authorizer === undefined) return page;
    const permitted = await authorizer.permitted(page.sessions, ({ id, location }) => ({ sessionId: id, location }));
    return { ...page, sessions: permitted };
  },
  "sessions.create": ({ sessions }, options) => sessions.create(options),
  "sessions.get": ({ sessions }, query) => sessions.get(query),
  "sessions.update": ({ sessions }, change) => sessions.update(change),
  "sessions.delete": ({ sessions }, query) => sessions.delete(query),
  "sessions.move": ({ sessions }, move) => sessions.move(move),
  "sessions.fork": ({ sessions }, options) => sessions.fork(options),
  "sessions.release": ({ sessions }, query) => sessions.release(query),
  "sessions.active": async ({ sessions }, _, { authorizer }) => {
    const active = await sessions.active();
    return authorizer?.permitted(active, ({ sessionId }) => ({ sessionId })) ?? active;
  },
  "sessions.prompt": ({ sessions }, prompt) => sessions.prompt(prompt),
  "sessions.compact": ({ sessions }, request) => sessions.compact(request),
  "sessions.inputs": ({ sessions }, query) => sessions.inputs(query),
  "sessions.replaceInput": ({ sessions }, change) => sessions.replaceInput(change),
  "sessions.withdrawInput": ({ sessions }, change) => sessions.withdrawInput(change),
  "sessions.receipt": ({ sessions }, query) => sessions.receipt(query),
  "sessions.interrupt": ({ sessions }, query) => sessions.interrupt(query),
  "sessions.resume": ({ sessions }, query) => sessions.resume(query),
  "sessions.wait": ({ sessions }, query, { signal, waitMs }) =>
    sessions.wait({ ...query, timeoutMs: Math.min(query.timeoutMs ?? waitMs, waitMs), signal }),
  "sessions.recovery": ({ sessions }, query) => sessions.recovery(query),
  "sessions.messages": ({ sessions }, query) => sessions.messages(query),
  "sessions.context": ({ sessions }, query) => sessions.context(query),
  "sessions.todos": ({ sessions }, query) => sessions.todos(query),
  "outputs.read": ({ outputs }, query) => outputs.read(query),
  "asks.list": async ({ asks }, query, { authorizer }) => {
    const page = await asks.list(query);
    if (authorizer === undefined) return page;
    return { ...page, asks: await authorizer.permitted(page.asks, ({ sessionId }) => ({ sessionId })) };
  },
  "asks.get": ({ asks }, query) => asks.get(query),
  "asks.answer": ({ asks }, answer) => asks.answer(answer),
  "asks.explain": ({ asks }, request) => asks.explain(request),
  "asks.approvals": async ({ asks }, { sessionId, project = "" }, { authorizer }) => {
    const approvals = await asks.approvals(sessionId === undefined ? { project } : { sessionId });
    return authorizer?.permitted(approvals, (approval) => ({ project: approval.project })) ?? approvals;
  },
  "asks.revoke": ({ asks }, approval) => asks.revoke(approval),
  "locations.list": async ({ locations }, _, { authorizer }) => {
    const open = await locations.list();
    return authorizer?.permitted(open, ({ location }) => ({ location })) ?? open;
  },
  "locations.files": ({ locations }, query) => locations.files(query),
  "models.list": ({ models }) => models.list(),
};
