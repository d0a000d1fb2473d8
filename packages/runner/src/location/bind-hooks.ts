import type { Logger } from "@holdfast/core";
import type { CallAuthorization, CommittedEvents, LocationHooks, Plugin, PluginHooks } from "@holdfast/core/plugin";

const tapLimitMs = 10_000;

/**
 * The hooks as one plugin sees them. Raw taps of tapable let an async function be tapped where nobody awaits it, name nobody in an
 * error, and may hang for ever; these are awaited, named and limited.
 */
export const bindHooks = (hooks: LocationHooks, plugin: Plugin, logger: Logger): PluginHooks => ({
  toolCallAuthorizing: {
    tapPromise: (tap) => {
      hooks.toolCallAuthorizing.tapPromise(plugin.name, async (authorization) => {
        const answer = await within(async () => tap(authorization), plugin, "toolCallAuthorizing");
        if (answer === undefined) return authorization;
        if (isAuthorization(answer)) return { ...authorization, effect: answer.effect };
        throw new TypeError(
          `plugin "${plugin.name}" answered toolCallAuthorizing with something that is no authorization`,
        );
      });
    },
  },
  eventsCommitted: {
    tapPromise: (tap) => {
      hooks.eventsCommitted.tapPromise(plugin.name, async (committed: CommittedEvents) => {
        try {
          await within(async () => tap(committed), plugin, "eventsCommitted");
        } catch (error) {
          // An observer can neither undo nor hide a commit: it is reported, and that is all.
          logger.error("a tap of eventsCommitted failed", { plugin: plugin.name, reason: String(error) });
        }
      });
    },
  },
});

const isAuthorization = (value: unknown): value is CallAuthorization =>
  typeof value === "object" &&
  value !== null &&
  "effect" in value &&
  ["allow", "ask", "deny"].includes(String(value.effect));

const within = async <T>(run: () => Promise<T>, plugin: Plugin, hook: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`plugin "${plugin.name}" did not answer ${hook} within ${tapLimitMs} ms`));
    }, tapLimitMs);
  });
  try {
    return await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
};
