import { observeSource } from "@holdfast/core/session";

import { answerWithin } from "../location/answer-within.ts";
import { sha256 } from "../ports/sha256.ts";
import { reasonOf } from "../reason-of.ts";

import type { ContextQuery } from "@holdfast/core/plugin";
import type { ContextState, Observation } from "@holdfast/core/session";
import type { RegisteredSource } from "../location/context-registry.ts";
import type { Services } from "../services.ts";

/** How long a source may take at a boundary, in milliseconds. */
export const loadLimitMs = 5_000;

/** Loads all sources at once, and says what was found of each. What fails, and what hangs, is unavailable. */
export const observeContext = async (
  services: Services,
  sources: readonly RegisteredSource[],
  { query, state }: { readonly query: Omit<ContextQuery, "signal">; readonly state: ContextState },
): Promise<readonly Observation[]> => {
  const over = new AbortController();
  try {
    const asked = { ...query, signal: over.signal };
    return await Promise.all(sources.map((registered) => observe(services, registered, asked, state)));
  } finally {
    over.abort(isOver);
  }
};

const isOver = new Error("the system context was collected");

const observe = async (
  services: Services,
  registered: RegisteredSource,
  query: ContextQuery,
  { baseline, known }: ContextState,
): Promise<Observation> => {
  const { source, plugin } = registered;
  const { key } = source;
  try {
    const value = await load(services, registered, query);
    // A new epoch tells all of it again.
    const knownHash = baseline === undefined ? undefined : known.get(key)?.hash;
    const observation = observeSource(source, value, { knownHash, hash: sha256 });
    registered.isFailing = false;
    return observation;
  } catch (error) {
    if (!registered.isFailing) {
      services.logger.warn("a source of the system context is unavailable: the model keeps what it was told last", {
        plugin,
        key,
        reason: reasonOf(error),
      });
    }
    registered.isFailing = true;
    return { key, found: "unavailable" };
  }
};

const load = (services: Services, registered: RegisteredSource, query: ContextQuery) => {
  const { source } = registered;
  if (registered.overdue > 0) throw new Error("it has not answered since an earlier step");
  const loading = source.load(query);
  // Most sources answer at once, and need no timer.
  if (!(loading instanceof Promise)) return loading;
  return answerWithin(() => loading, {
    clock: services.clock,
    limitMs: loadLimitMs,
    late: () => {
      registered.overdue += 1;
      const end = (): void => void (registered.overdue -= 1);
      loading.then(end, end);
      return new Error(`it did not answer within ${loadLimitMs} ms`);
    },
  });
};
