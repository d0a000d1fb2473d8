import { effectSchema, HoldfastError, stricter } from "@holdfast/core";
import * as z from "zod";

import { frozenCopy } from "./frozen-copy.ts";
import { Relay } from "./relay.ts";
import { TapRecord } from "./tap-record.ts";

import type { Effect } from "@holdfast/core";
import type { CommittedEvents, HookName, PluginHooks, TapOrder } from "@holdfast/core/plugin";
import type { Services } from "../services.ts";

/** How many commits may wait for one observer. */
const observerCapacity = 1_000;

const orderSchema = z.strictObject({ stage: z.int().optional(), before: z.string().optional() });

/** A tap that watches: with what still waits for it. */
export type Observer = Relay<CommittedEvents>;

/** Where a plugin's taps go. */
export interface TapSink {
  readonly plugin: string;
  readonly directory: string;
  readonly services: Services;
  /** @throws plugin.invalid where the plugin is closed. */
  add(record: TapRecord, observer?: Observer): void;
}

/**
 * The hooks as one plugin sees them. Raw taps of tapable let an async function be tapped where nobody awaits it, name nobody in an
 * error, may hang for ever, and cannot be taken off; these are data, awaited, named and limited. What they are given is a copy that nothing
 * can change.
 */
export const bindHooks = (sink: TapSink): PluginHooks => {
  const { plugin, directory, services } = sink;
  const { logger } = services;
  const placeOf = (hook: HookName, tap: unknown, order: TapOrder = {}) => {
    if (typeof tap !== "function") throw invalid(plugin, hook, `with ${typeof tap}. Tap it with a function`);
    const checked = orderSchema.safeParse(order);
    if (!checked.success)
      throw invalid(
        plugin,
        hook,
        `in an order that is none. Give a whole number as stage, and a plugin's name as before`,
      );
    return { plugin, directory, hook, order: checked.data };
  };
  return {
    toolCallAuthorizing: {
      tapPromise: (tap, order) =>
        sink.add(
          new TapRecord(placeOf("toolCallAuthorizing", tap, order), services, (record, hooks) =>
            hooks.toolCallAuthorizing.tapPromise(record.options, async (authorization) => {
              const { effect } = authorization;
              const found = await record.ask(
                () => tap(frozenCopy(authorization)),
                (answer) => (answer === undefined ? effect : effectOf(answer)),
              );
              // A tap may only tighten: what another one refused stays refused. And nothing but the effect is taken from it.
              return { ...authorization, effect: stricter(effect, found) };
            }),
          ),
        ),
    },
    eventsCommitted: {
      tapPromise: (tap, order) => {
        const tell = async (committed: CommittedEvents): Promise<void> => {
          try {
            await record.ask(
              () => tap(committed),
              () => true,
            );
          } catch {
            // An observer can neither undo nor hide a commit: its failure was counted and reported, and that is all.
          }
        };
        const relay = new Relay(tell, {
          capacity: observerCapacity,
          onDropping: () =>
            logger.warn("a tap of eventsCommitted is too slow, and commits are kept from it", { plugin, directory }),
          onDropped: (dropped) =>
            logger.warn("a tap of eventsCommitted was not told of some commits", { plugin, directory, dropped }),
        });
        const record = new TapRecord(placeOf("eventsCommitted", tap, order), services, (self, hooks) =>
          hooks.eventsCommitted.tap(self.options, (committed) => relay.offer(committed)),
        );
        sink.add(record, relay);
      },
    },
  };
};

/** Read once: a getter could answer one thing to whoever checks it, and another to whoever uses it. */
const effectOf = (answer: unknown): Effect | undefined => {
  if (typeof answer !== "object" || answer === null || !("effect" in answer)) return undefined;
  const parsed = effectSchema.safeParse(answer.effect);
  return parsed.success ? parsed.data : undefined;
};

const invalid = (plugin: string, hook: HookName, problem: string): HoldfastError<"plugin.invalid"> =>
  new HoldfastError("plugin.invalid", {
    message: `Plugin "${plugin}" tapped ${hook} ${problem}.`,
    data: { plugin, hook },
  });
