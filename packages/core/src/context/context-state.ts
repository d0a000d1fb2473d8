import { baselineOf } from "./told-text.ts";

import type { DurableEvent, EventDataOf } from "../event/catalogue.ts";
import type { ContextRow } from "../store/rows.ts";

/** What the model knows of one source. */
export interface KnownSource {
  /** Of its value. */
  readonly hash: string;
  /** The value as a baseline tells it. */
  readonly text: string;
  readonly removal: string;
}

/** What the model knows of the system context, after some event of a log. */
export interface ContextState {
  /** The baseline of the open epoch; undefined where none is open. Never another one while the epoch lasts. */
  readonly baseline: string | undefined;
  /** By key. What is known while no epoch is open is told again by the next baseline, where its source is unavailable then. */
  readonly known: ReadonlyMap<string, KnownSource>;
  /** Updates up to here are of epochs that are over. A baseline stands alone: no request shows them beside it. */
  readonly sinceSeq: number;
}

/** A session that was told nothing. */
export const noContext: ContextState = { baseline: undefined, known: new Map(), sinceSeq: -1 };

/** What is known when an epoch is over and its last values still hold: after a compaction. The next step opens another epoch. */
export const closedContext = ({ known }: ContextState, sinceSeq: number): ContextState => ({
  baseline: undefined,
  known,
  sinceSeq,
});

/** What is known after an event. A move leaves nothing: what was true at another Location says nothing of this one. */
export const applyContext = (state: ContextState, event: DurableEvent): ContextState => {
  if (event.type === "context.admitted") return admitted(state, event.data);
  if (event.type === "compaction.ended") return closedContext(state, event.seq);
  return event.type === "session.moved" ? closedContext(noContext, event.seq) : state;
};

/** The same, from the rows that the events up to some seq left. */
export const contextOfRows = (rows: readonly ContextRow[], throughSeq: number): ContextState => {
  const told = rows
    .flatMap(({ epoch, position, seq }) => (epoch === null ? [] : [{ text: epoch, position, seq }]))
    .toSorted((left, right) => left.position - right.position);
  return {
    baseline: told.length === 0 ? undefined : baselineOf(told),
    known: new Map(
      rows.flatMap(({ key, hash, text, removal }) => (hash === null ? [] : [[key, { hash, text, removal }]])),
    ),
    // Where the epoch opened; where none is open, nothing was told since.
    sinceSeq: told[0]?.seq ?? throughSeq,
  };
};

const admitted = (state: ContextState, data: EventDataOf<"context.admitted">): ContextState => {
  const isBaseline = data.messageId === undefined;
  const known = new Map(isBaseline ? [] : state.known);
  for (const { key, hash, text, removal } of data.sources) known.set(key, { hash, text, removal });
  for (const { key } of data.removed) known.delete(key);
  if (!isBaseline) return { ...state, known };
  return { ...state, baseline: data.sources.length === 0 ? undefined : baselineOf(data.sources), known };
};
