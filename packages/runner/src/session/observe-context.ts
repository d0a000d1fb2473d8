import { observeSource } from "@holdfast/core/session";

import { answerWithin, isPromise } from "../location/answer-within.ts";
import { sha256 } from "../ports/sha256.ts";
import { reasonOf } from "../reason-of.ts";

import type { JsonValue } from "@holdfast/core";
import type { ContextQuery, ContextSource } from "@holdfast/core/plugin";
import type { ContextState, Observation } from "@holdfast/core/session";
import type { SourceFaults } from "../location/context-registry.ts";
import type { Services } from "../services.ts";

/** How long a source may take at a boundary, in milliseconds. */
export const loadLimitMs = 5_000;

/** What sources are loaded for. */
export interface Boundary {
  readonly query: Omit<ContextQuery, "signal">;
  readonly state: ContextState;
  /** Of the Location, with the plugins that it has now. */
  readonly faults: SourceFaults;
}

/** Loads all sources at once, and says what was found of each. What fails, and what hangs, is unavailable. */
export const observeContext = async (
  services: Services,
  sources: readonly ContextSource[],
  { query, state, faults }: Boundary,
): Promise<readonly Observation[]> => {
  const over = new AbortController();
  const asked = Object.freeze({ ...query, signal: over.signal });
  const observe = async (source: ContextSource): Promise<Observation> => {
    const { key } = source;
    try {
      const value = await load(services, source, { asked, faults });
      // A new epoch tells all of it again.
      const knownHash = state.baseline === undefined ? undefined : state.known.get(key)?.hash;
      const observation = observeSource(source, value, { knownHash, hash: sha256 });
      faults.delete(key);
      return observation;
    } catch (error) {
      const fault = faults.get(key) ?? { overdue: 0, isReported: false };
      faults.set(key, fault);
      if (!fault.isReported) {
        services.logger.warn("a source of the system context is unavailable: the model keeps what it was told last", {
          key,
          directory: query.location.directory,
          reason: reasonOf(error),
        });
      }
      fault.isReported = true;
      return { key, found: "unavailable" };
    }
  };
  try {
    return await Promise.all(sources.map(observe));
  } finally {
    over.abort(isOver);
  }
};

const isOver = new Error("the system context was collected");

const load = (
  services: Services,
  source: ContextSource,
  { asked, faults }: { readonly asked: ContextQuery; readonly faults: SourceFaults },
): Promise<JsonValue | undefined> | JsonValue | undefined => {
  const { key } = source;
  if ((faults.get(key)?.overdue ?? 0) > 0) throw new Error("it has not answered since an earlier step");
  const answer = source.load(asked);
  // Most sources answer at once, and need no timer.
  if (!isPromise(answer)) return answer;
  // What only looks like a promise may come to another one, which is waited for within the limit too.
  const loading = Promise.resolve(answer);
  return answerWithin(() => loading, {
    clock: services.clock,
    limitMs: loadLimitMs,
    late: () => {
      const fault = faults.get(key) ?? { overdue: 0, isReported: false };
      faults.set(key, fault);
      fault.overdue += 1;
      const end = (): void => void (fault.overdue -= 1);
      loading.then(end, end);
      return new Error(`it did not answer within ${loadLimitMs} ms`);
    },
  });
};
