import { utf8Bytes } from "../event/blob-ref.ts";
import { mostContextRemoved, mostContextSources, mostContextTotalBytes } from "../event/context-events.ts";

import type { EventDataOf } from "../event/catalogue.ts";
import type { ToldSource } from "../event/context-events.ts";
import type { ContextState } from "./context-state.ts";
import type { Observation } from "./observe-source.ts";

/** What a step tells the model of the system context. A baseline opens an epoch; an update is one message. */
export type ContextAdmission = Pick<EventDataOf<"context.admitted">, "sources" | "removed"> & {
  readonly kind: "baseline" | "update";
};

/**
 * Decides what the model is told at a safe boundary. Undefined where it knows everything already, so that nothing is written.
 *
 * @param observed What was found of each source, in the order of a baseline; each key once.
 * @param isComplete Whether these are all sources: where one may be missing, what is not among them is not gone.
 */
export const decideContext = (
  state: ContextState,
  observed: readonly Observation[],
  isComplete: boolean,
): ContextAdmission | undefined => {
  const all = isComplete ? observed : [...observed, ...missing(state, observed)];
  return state.baseline === undefined ? toBaseline(state, all) : toUpdate(state, all);
};

const missing = ({ known }: ContextState, observed: readonly Observation[]): readonly Observation[] => {
  const keys = new Set(observed.map(({ key }) => key));
  return [...known.keys()]
    .filter((key) => !keys.has(key))
    .toSorted()
    .map((key) => ({ key, found: "unavailable" }));
};

/** Every source that has a value, or had one that still holds; what is gone is not mentioned, since nothing shows it any more. */
const toBaseline = ({ known }: ContextState, observed: readonly Observation[]): ContextAdmission | undefined => {
  const sources = observed.flatMap((observation): readonly ToldSource[] => {
    if (observation.found === "value") {
      const { update: _none, ...told } = observation.told;
      return [told];
    }
    const before = observation.found === "absent" ? undefined : known.get(observation.key);
    return before === undefined ? [] : [{ key: observation.key, ...before }];
  });
  // What was known and is gone is forgotten, also where nothing is left to be told.
  return sources.length === 0 && known.size === 0
    ? undefined
    : { kind: "baseline", sources: withinTotal(sources), removed: [] };
};

const toUpdate = ({ known }: ContextState, observed: readonly Observation[]): ContextAdmission | undefined => {
  const here = new Set(observed.flatMap(({ key, found }) => (found === "absent" ? [] : [key])));
  const removed = [...known]
    .flatMap(([key, { removal }]) => (here.has(key) ? [] : [{ key, text: removal }]))
    .toSorted((left, right) => (left.key < right.key ? -1 : 1))
    .slice(0, mostContextRemoved);
  // Never more is known than one update can take back. What finds no room is told once there is some.
  let room = mostContextSources - (known.size - removed.length);
  const sources = observed.flatMap((observation): readonly ToldSource[] => {
    if (observation.found !== "value") return [];
    const { update, ...told } = observation.told;
    if (known.has(observation.key)) return [update === undefined ? told : { ...told, update }];
    return room-- > 0 ? [told] : [];
  });
  return sources.length === 0 && removed.length === 0
    ? undefined
    : { kind: "update", sources: withinTotal(sources), removed };
};

const noRoom = "(Left out: the system context has no room for it.)";

/** The sources that fit: those after the most are dropped, and a text that goes over the total is a note. */
const withinTotal = (sources: readonly ToldSource[]): ToldSource[] => {
  let bytes = 0;
  return sources.slice(0, mostContextSources).map((source) => {
    const size = Math.max(utf8Bytes(source.text), utf8Bytes(source.update ?? ""));
    if (bytes + size <= mostContextTotalBytes) {
      bytes += size;
      return source;
    }
    const { update: _none, ...told } = source;
    return { ...told, text: noRoom };
  });
};
