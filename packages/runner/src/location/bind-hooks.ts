import { HoldfastError } from "@holdfast/core";
import { hookCatalogue, readAnswer } from "@holdfast/core/plugin";
import * as z from "zod";

import { Relay } from "./relay.ts";
import { TapRecord } from "./tap-record.ts";

import type {
  DecidingHook,
  HookArgument,
  HookName,
  LocationHooks,
  PluginHooks,
  PrecedingHook,
  Tap,
  TapOrder,
} from "@holdfast/core/plugin";
import type { Services } from "../services.ts";
import type { TapPlace } from "./tap-record.ts";
import type { UseCount } from "./use-count.ts";

/** How many tellings may wait for one observer. */
const observerCapacity = 1_000;

const orderSchema = z.strictObject({ stage: z.int().optional(), before: z.string().optional() });

/** A tap that watches: with what still waits for it. */
export type Observer = Pick<Relay<unknown>, "close" | "idle">;

/** Where a plugin's taps go. */
export interface TapSink {
  readonly plugin: string;
  readonly directory: string;
  readonly services: Services;
  readonly uses: UseCount;
  /** @throws plugin.invalid where the plugin is closed. */
  add(record: TapRecord, observer?: Observer): void;
}

/**
 * The hooks as one plugin sees them. Raw taps of tapable let an async function be tapped where nobody awaits it, name nobody in an
 * error, may hang for ever, and cannot be taken off; these are data, awaited, named and limited. What they are given is frozen.
 */
export const bindHooks = (sink: TapSink): PluginHooks => ({
  opening: precede(sink, "opening", (hooks) => hooks.opening),
  opened: watch(sink, "opened", (hooks) => hooks.opened),
  closing: precede(sink, "closing", (hooks) => hooks.closing),
  contextCollecting: decide(sink, "contextCollecting", (hooks) => hooks.contextCollecting),
  toolsCollecting: decide(sink, "toolsCollecting", (hooks) => hooks.toolsCollecting),
  requestPreparing: decide(sink, "requestPreparing", (hooks) => hooks.requestPreparing),
  toolCallPreparing: decide(sink, "toolCallPreparing", (hooks) => hooks.toolCallPreparing),
  toolCallAuthorizing: decide(sink, "toolCallAuthorizing", (hooks) => hooks.toolCallAuthorizing),
  toolResultShaping: decide(sink, "toolResultShaping", (hooks) => hooks.toolResultShaping),
  compactionPreparing: decide(sink, "compactionPreparing", (hooks) => hooks.compactionPreparing),
  eventsCommitted: watch(sink, "eventsCommitted", (hooks) => hooks.eventsCommitted),
});

/** Finds one hook in a set: as much of it as a tap needs. */
type Find<THook extends HookName, TAnswer> = (hooks: LocationHooks) => {
  tap(options: TapRecord["options"], tap: (given: HookArgument[THook]) => TAnswer): void;
  tapPromise(options: TapRecord["options"], tap: (given: HookArgument[THook]) => Promise<TAnswer>): void;
};

const decide = <THook extends DecidingHook>(
  sink: TapSink,
  hook: THook,
  find: Find<THook, HookArgument[THook]>,
): { tapPromise(tap: Tap<THook>, order?: TapOrder): void } => ({
  tapPromise: (tap, order) => {
    const record = new TapRecord(placeOf(sink, hook, { tap, order }), sink.services, (hooks) =>
      find(hooks).tapPromise(record.options, async (given) => {
        const read = (answer: unknown): HookArgument[THook] | undefined => {
          if (answer === undefined || answer === given) return given;
          return typeof answer === "object" && answer !== null ? readAnswer[hook](given, answer) : undefined;
        };
        try {
          return await record.ask(() => tap(given), read);
        } catch (error) {
          if (hookCatalogue[hook].failsClosed) throw error;
          // It was counted and reported, and what it was to change stays as it was.
          return asFailed[hook]?.(given) ?? given;
        }
      }),
    );
    sink.add(record);
  },
});

/** What a hook goes on with after a tap that failed, where that is not just what the tap was given. */
const asFailed: { readonly [THook in DecidingHook]?: (given: HookArgument[THook]) => HookArgument[THook] } = {
  // Of the sources that it would have added, none is gone.
  contextCollecting: (given) => Object.freeze({ ...given, isComplete: false }),
};

const precede = <THook extends PrecedingHook>(
  sink: TapSink,
  hook: THook,
  find: Find<THook, void>,
): { tapPromise(tap: Tap<THook>, order?: TapOrder): void } => ({
  tapPromise: (tap, order) => {
    const record = new TapRecord(placeOf(sink, hook, { tap, order }), sink.services, (hooks) =>
      find(hooks).tapPromise(record.options, async (given) => {
        try {
          await record.ask(() => tap(given), anything);
        } catch (error) {
          if (hookCatalogue[hook].failsClosed) throw error;
        }
      }),
    );
    sink.add(record);
  },
});

const watch = <THook extends "opened" | "eventsCommitted">(
  sink: TapSink,
  hook: THook,
  find: Find<THook, void>,
): { tapPromise(tap: Tap<THook>, order?: TapOrder): void } => ({
  tapPromise: (tap, order) => {
    const { plugin, directory, services } = sink;
    const { logger } = services;
    const tell = async (given: HookArgument[THook]): Promise<void> => {
      try {
        await record.ask(() => tap(given), anything);
      } catch {
        // An observer can neither undo nor hide what it is told of: its failure was counted and reported, and that is all.
      }
    };
    const relay = new Relay(tell, {
      capacity: observerCapacity,
      onDropping: () =>
        logger.warn(`a tap of ${hook} is too slow, and is not told of everything`, { plugin, directory }),
      onDropped: (dropped) =>
        logger.warn(`a tap of ${hook} was not told of everything`, { plugin, directory, dropped }),
    });
    const record = new TapRecord(placeOf(sink, hook, { tap, order }), services, (hooks) =>
      find(hooks).tap(record.options, (given) => relay.offer(given)),
    );
    sink.add(record, relay);
  },
});

const anything = (): true => true;

const placeOf = (
  { plugin, directory, uses }: TapSink,
  hook: HookName,
  { tap, order = {} }: { readonly tap: unknown; readonly order: TapOrder | undefined },
): TapPlace => {
  if (typeof tap !== "function") throw invalid(plugin, hook, `with ${typeof tap}. Tap it with a function`);
  const checked = orderSchema.safeParse(order);
  if (!checked.success)
    throw invalid(
      plugin,
      hook,
      "in an order that is none. Give a whole number as stage, and a plugin's name as before",
    );
  return { plugin, directory, hook, uses, order: checked.data };
};

const invalid = (plugin: string, hook: HookName, problem: string): HoldfastError<"plugin.invalid"> =>
  new HoldfastError("plugin.invalid", {
    message: `Plugin "${plugin}" tapped ${hook} ${problem}.`,
    data: { plugin, hook },
  });
