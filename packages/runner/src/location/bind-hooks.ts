import { effectSchema, HoldfastError, stricter } from "@holdfast/core";

import { answerWithin } from "./answer-within.ts";
import { frozenCopy } from "./frozen-copy.ts";
import { Relay } from "./relay.ts";

import type { Effect } from "@holdfast/core";
import type { CommittedEvents, HookName, LocationHooks, Plugin, PluginHooks, Tap } from "@holdfast/core/plugin";
import type { Services } from "../services.ts";

const tapLimitMs = 10_000;
/** How many commits may wait for one observer. */
const observerCapacity = 1_000;

/** The taps of one plugin that watch: each with what still waits for it. */
export type Observers = Relay<CommittedEvents>[];

/**
 * The hooks as one plugin sees them. Raw taps of tapable let an async function be tapped where nobody awaits it, name nobody in an
 * error, and may hang for ever; these are awaited, named and limited. What they are given is a copy that nothing can change.
 *
 * @param observers Gets a relay for each tap that watches, to be waited for and closed by whoever closes the Location.
 */
export const bindHooks = (
  hooks: LocationHooks,
  plugin: Plugin,
  { services, observers }: { readonly services: Services; readonly observers: Observers },
): PluginHooks => {
  const { clock, logger } = services;

  const ask = <THook extends HookName>(hook: THook, tap: Tap<THook>, argument: Parameters<Tap<THook>>[0]) =>
    answerWithin(() => tap(argument), {
      clock,
      limitMs: tapLimitMs,
      late: () => hookFailed(plugin, hook, `did not answer ${hook} within ${tapLimitMs} ms. Make it quicker`),
    });

  return {
    toolCallAuthorizing: {
      tapPromise: (tap) => {
        assertFunction(plugin, tap);
        hooks.toolCallAuthorizing.tapPromise(plugin.name, async (authorization) => {
          const answer = await ask("toolCallAuthorizing", tap, frozenCopy(authorization));
          if (answer === undefined) return authorization;
          const effect = effectOf(answer);
          if (effect === undefined) {
            const problem =
              "answered toolCallAuthorizing with something that is no authorization. Return the one given";
            throw hookFailed(plugin, "toolCallAuthorizing", problem);
          }
          // A tap may only tighten: what another one refused stays refused.
          return { ...authorization, effect: stricter(authorization.effect, effect) };
        });
      },
    },
    eventsCommitted: {
      tapPromise: (tap) => {
        assertFunction(plugin, tap);
        const tell = async (committed: CommittedEvents): Promise<void> => {
          try {
            await ask("eventsCommitted", tap, committed);
          } catch (error) {
            // An observer can neither undo nor hide a commit: it is reported, and that is all.
            logger.error("a tap of eventsCommitted failed", { plugin: plugin.name, reason: String(error) });
          }
        };
        const relay = new Relay(tell, {
          capacity: observerCapacity,
          onDropping: () =>
            logger.warn("a tap of eventsCommitted is too slow, and commits are kept from it", { plugin: plugin.name }),
          onDropped: (dropped) =>
            logger.warn("a tap of eventsCommitted was not told of some commits", { plugin: plugin.name, dropped }),
        });
        observers.push(relay);
        hooks.eventsCommitted.tap(plugin.name, (committed) => relay.offer(committed));
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

const hookFailed = (plugin: Plugin, hook: HookName, problem: string): HoldfastError<"plugin.hook-failed"> =>
  new HoldfastError("plugin.hook-failed", {
    message: `Plugin "${plugin.name}" ${problem}.`,
    data: { plugin: plugin.name, hook },
  });

const assertFunction = (plugin: Plugin, tap: unknown): void => {
  if (typeof tap === "function") return;
  throw new HoldfastError("plugin.invalid", {
    message: `Plugin "${plugin.name}" tapped a hook with ${typeof tap}. Tap it with a function.`,
    data: { plugin: plugin.name },
  });
};
