import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { definePlugin } from "@holdfast/core/plugin";
import { createRuntime } from "@holdfast/runner";
import { createMemoryStore, scriptedModel } from "@holdfast/testkit";

import type { EventItem, Holdfast, Rule, SessionId, WaitOutcome } from "@holdfast/core";
import type { DurableEvent, EventType } from "@holdfast/core/event";
import type { Plugin } from "@holdfast/core/plugin";
import type { Store } from "@holdfast/core/store";
import type { Tool } from "@holdfast/core/tool";
import type { ResolvedModel, Runtime, RuntimeOptions } from "@holdfast/runner";
import type { Script } from "@holdfast/testkit";

/** The model that a runtime is given: a script, or a model of the test's own. */
export type ModelSource = Script | { readonly specificationVersion: "v4" };

/** What a stage is set with. Everything is allowed unless rules are given, and nothing is retried unless retries are. */
export interface StageOptions extends Partial<Omit<RuntimeOptions, "model" | "plugins" | "store">> {
  readonly model?: ModelSource;
  /** Media types that the model takes. Default: nobody says. */
  readonly media?: ResolvedModel["media"];
  readonly tools?: readonly Tool[];
  readonly plugins?: readonly Plugin[];
  /** Default: a memory store of its own. */
  readonly store?: Store;
  /** Tokens that a request may hold. Default: the model does not say. */
  readonly contextTokens?: number;
}

/** A runtime with one session, ready to be prompted. */
export interface Stage extends AsyncDisposable {
  readonly holdfast: Runtime;
  readonly store: Store;
  readonly sessionId: SessionId;
  readonly directory: string;
  /** Prompts the session, and resolves when it rests. */
  readonly turn: (text: string) => Promise<WaitOutcome>;
  readonly log: () => Promise<readonly DurableEvent[]>;
}

/** Everything is allowed. */
export const allowAll: readonly Rule[] = [{ action: "*", resource: "*", effect: "allow" }];

/** A runtime over a store, with tools and a script. */
export const openRuntime = async (store: Store, options: Omit<StageOptions, "store"> = {}): Promise<Runtime> => {
  const { model = [], media, contextTokens, tools = [], plugins = [], ...rest } = options;
  const taken = {
    ...(media === undefined ? {} : { media }),
    ...(contextTokens === undefined ? {} : { contextTokens }),
  };
  const toolPlugin = definePlugin({
    name: "stage",
    setup: ({ tools: registry }) => {
      for (const tool of tools) registry.register(tool);
    },
  });
  const resolved = "specificationVersion" in model ? model : scriptedModel(model);
  return createRuntime({
    rules: allowAll,
    retries: { limit: 0 },
    ...rest,
    store,
    plugins: [toolPlugin, ...plugins],
    model: ({ id }) => (id === "unknown" ? null : { model: resolved as ResolvedModel["model"], ...taken }),
  });
};

/** Sets a stage. */
export const setStage = async ({ store = createMemoryStore(), ...options }: StageOptions = {}): Promise<Stage> => {
  const folder = await makeFolder();
  const holdfast = await openRuntime(store, options);
  const { id: sessionId } = await holdfast.sessions.create({ location: { directory: folder.path } });
  return {
    holdfast,
    store,
    sessionId,
    directory: folder.path,
    turn: async (text) => {
      const { cursor } = await holdfast.sessions.prompt({ sessionId, text });
      return holdfast.sessions.wait({ sessionId, after: cursor });
    },
    log: () => logOf(holdfast, sessionId),
    [Symbol.asyncDispose]: async () => {
      await holdfast[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
};

/** A canonical folder that is removed when it is disposed of. */
export const makeFolder = async (): Promise<AsyncDisposable & { readonly path: string }> => {
  const path = await realpath(await mkdtemp(join(tmpdir(), "holdfast-runner-")));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};

/** The store as one of several runtimes uses it: it is not closed with the runtime. */
export const shared = (store: Store): Store =>
  new Proxy(store, {
    get: (target, key) => {
      if (key === Symbol.asyncDispose) return async () => {};
      const member: unknown = Reflect.get(target, key, target);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });

/** Every event of a session's log so far. */
export const logOf = async (holdfast: Holdfast, sessionId: string): Promise<readonly DurableEvent[]> => {
  const items = await collect(holdfast.sessions.events({ sessionId, until: "sync" }));
  return items.flatMap((item) => (item.kind === "event" ? [item.event] : []));
};

/** Reads an iterable to its end. */
export const collect = async <T>(items: AsyncIterable<T>): Promise<readonly T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

/** The data of the events of one type. */
export const dataOf = <TType extends EventType>(events: readonly DurableEvent[], type: TType) =>
  events
    .filter((event): event is DurableEvent<TType> & DurableEvent => event.type === type)
    .map(({ data }) => data as DurableEvent<TType>["data"]);

/** Resolves with the first item that fits. */
export const untilItem = async (
  holdfast: Holdfast,
  sessionId: string,
  fits: (item: EventItem) => boolean,
): Promise<EventItem> => {
  for await (const item of holdfast.sessions.events({ sessionId, live: true })) if (fits(item)) return item;
  throw new Error("the events ended before one of them fitted");
};

/** Resolves when the log holds an event of a type. */
export const untilEvent = (holdfast: Holdfast, sessionId: string, type: EventType): Promise<EventItem> =>
  untilItem(holdfast, sessionId, (item) => item.kind === "event" && item.event.type === type);

/** Resolves when the open answer shows this text. */
export const untilShown = async (holdfast: Holdfast, sessionId: string, expected: string): Promise<void> => {
  let shown = "";
  await untilItem(holdfast, sessionId, (item) => {
    if (item.kind === "live" && item.live.type === "block.open") shown += item.live.text;
    if (item.kind === "live" && item.live.type === "block.delta") shown += item.live.delta;
    return shown.includes(expected);
  });
};
