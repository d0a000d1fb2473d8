import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { definePlugin } from "@holdfast/core/plugin";

import { scriptedModel } from "../model/scripted-model.ts";

import type { EventItem, EventsQuery, Holdfast, Rule, SessionInfo } from "@holdfast/core";
import type { DurableEvent, EventType } from "@holdfast/core/event";
import type { Tool } from "@holdfast/core/tool";
import type { Script } from "../model/script.ts";
import type { ScriptedModel } from "../model/scripted-model.ts";
import type { FacadeOptions, FacadeSubject } from "./facade-subject.ts";

/** A facade with one session, ready to be prompted. */
export interface Stage extends AsyncDisposable {
  readonly holdfast: Holdfast;
  readonly session: SessionInfo;
  readonly model: ScriptedModel;
  readonly directory: string;
  /** Prompts the session, and reads its events until it rests. */
  readonly turn: (text: string, query?: Partial<EventsQuery>) => Promise<readonly EventItem[]>;
  /** Every event of the session's log so far. */
  readonly log: () => Promise<readonly DurableEvent[]>;
}

/** Sets a stage. Everything is allowed unless rules are given. */
export const setStage = async (
  subject: FacadeSubject,
  {
    script,
    tools = [],
    plugins = [],
    rules = allowAll,
    ...more
  }: { readonly script: Script; readonly tools?: readonly Tool[] } & Partial<Omit<FacadeOptions, "model">>,
): Promise<Stage> => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "holdfast-facade-")));
  const model = scriptedModel(script);
  const plugin = definePlugin({
    name: "stage",
    setup: ({ tools: registry }) => {
      for (const tool of tools) registry.register(tool);
    },
  });
  const holdfast = await subject.create({ model, plugins: [plugin, ...plugins], rules, ...more });
  const session = await holdfast.sessions.create({ location: { directory } });
  return {
    holdfast,
    session,
    model,
    directory,
    turn: async (text, query = {}) => {
      const { cursor } = await holdfast.sessions.prompt({ sessionId: session.id, text });
      return collect(holdfast.sessions.events({ sessionId: session.id, after: cursor, until: "idle", ...query }));
    },
    log: async () => eventsOf(await collect(holdfast.sessions.events({ sessionId: session.id, until: "sync" }))),
    [Symbol.asyncDispose]: async () => {
      await holdfast[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

const allowAll: readonly Rule[] = [{ action: "*", resource: "*", effect: "allow" }];

/** Reads an iterable to its end. */
export const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

/** The durable events among items. */
export const eventsOf = (items: readonly EventItem[]): readonly DurableEvent[] =>
  items.flatMap((item) => (item.kind === "event" ? [item.event] : []));

/** The types of the durable events among items, in order. */
export const typesOf = (items: readonly EventItem[]): readonly EventType[] => eventsOf(items).map(({ type }) => type);

/** The data of the events of one type. */
export const dataOf = <TType extends EventType>(events: readonly DurableEvent[], type: TType) =>
  events
    .filter((event): event is DurableEvent<TType> & DurableEvent => event.type === type)
    .map(({ data }) => data as DurableEvent<TType>["data"]);

/** The code of the error that a promise rejects with; what it came to instead, if it does not. */
export const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => ({ resolved: value }),
    (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
  );

/** Resolves when the open answer of a session shows this text, as a reader of the live overlay sees it. */
export const untilShown = async ({ holdfast, session }: Stage, expected: string): Promise<void> => {
  let shown = "";
  for await (const item of holdfast.sessions.events({ sessionId: session.id, live: true })) {
    if (item.kind !== "live") continue;
    if (item.live.type === "block.open") shown += item.live.text;
    if (item.live.type === "block.delta") shown += item.live.delta;
    if (shown.includes(expected)) return;
  }
};
