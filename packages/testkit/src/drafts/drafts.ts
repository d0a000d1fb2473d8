import { eventCatalogue } from "@holdfast/core/event";

import { defaultDataOf } from "./default-data.ts";
import { namesOf } from "./names.ts";

import type { EventId } from "@holdfast/core";
import type { EventDataOf, EventDraft, EventType } from "@holdfast/core/event";
import type { Names } from "./names.ts";

/** Builds a draft of one type: valid as it is, with whatever is given in place of the defaults. */
export type BuildDraft<TType extends EventType> = (
  data?: Partial<EventDataOf<TType>>,
  envelope?: Partial<Pick<EventDraft, "id" | "time" | "blobs">>,
) => EventDraft<TType>;

/**
 * Valid drafts of one session's events, by the moment that they record. The defaults of one turn fit each other: what
 * `admitted()` admits, `promoted()` promotes. Event IDs are counted up, so that no two drafts share one.
 */
export interface Drafts extends Names {
  /** The same session, with the names of another turn. */
  turn(number: number): Drafts;
  readonly sessionCreated: BuildDraft<"session.created">;
  readonly admitted: BuildDraft<"input.admitted">;
  readonly promoted: BuildDraft<"input.promoted">;
  readonly started: BuildDraft<"execution.started">;
  readonly recovered: BuildDraft<"execution.recovered">;
  readonly ended: BuildDraft<"execution.ended">;
  readonly interruptRequested: BuildDraft<"interrupt.requested">;
  readonly stepStarted: BuildDraft<"step.started">;
  readonly stepEnded: BuildDraft<"step.ended">;
  readonly stepFailed: BuildDraft<"step.failed">;
  readonly attemptStarted: BuildDraft<"attempt.started">;
  readonly attemptEnded: BuildDraft<"attempt.ended">;
  readonly retryScheduled: BuildDraft<"retry.scheduled">;
  readonly text: BuildDraft<"text.ended">;
  readonly reasoning: BuildDraft<"reasoning.ended">;
  readonly called: BuildDraft<"tool.called">;
  readonly begun: BuildDraft<"tool.begun">;
  readonly settled: BuildDraft<"tool.settled">;
  readonly sessionUpdated: BuildDraft<"session.updated">;
  readonly sessionMoved: BuildDraft<"session.moved">;
  readonly sessionDeleted: BuildDraft<"session.deleted">;
  readonly replaced: BuildDraft<"input.replaced">;
  readonly withdrawn: BuildDraft<"input.withdrawn">;
  readonly askOpened: BuildDraft<"ask.opened">;
  readonly askAnswered: BuildDraft<"ask.answered">;
  readonly askExpired: BuildDraft<"ask.expired">;
  readonly todoUpdated: BuildDraft<"todo.updated">;
  readonly compactionStarted: BuildDraft<"compaction.started">;
  readonly compactionEnded: BuildDraft<"compaction.ended">;
  readonly compactionFailed: BuildDraft<"compaction.failed">;
  readonly contextAdmitted: BuildDraft<"context.admitted">;
}

/** Drafts for the session `ses_<seed>`. The seed is letters and digits; another seed is another session. */
export const createDrafts = (seed: string): Drafts => {
  let count = 0;
  const turn = (number: number): Drafts => {
    const names = namesOf(seed, number);
    const defaults = defaultDataOf(names);
    const build =
      <TType extends EventType>(type: TType): BuildDraft<TType> =>
      (data, envelope) => {
        count += 1;
        const id = `evt_${seed}${String(count).padStart(6, "0")}` as EventId;
        const { version } = eventCatalogue[type];
        return {
          id,
          time: firstTime + count,
          version,
          ...envelope,
          type,
          data: { ...defaults[type], ...data },
        } as never;
      };
    return {
      ...names,
      turn,
      sessionCreated: build("session.created"),
      admitted: build("input.admitted"),
      promoted: build("input.promoted"),
      started: build("execution.started"),
      recovered: build("execution.recovered"),
      ended: build("execution.ended"),
      interruptRequested: build("interrupt.requested"),
      stepStarted: build("step.started"),
      stepEnded: build("step.ended"),
      stepFailed: build("step.failed"),
      attemptStarted: build("attempt.started"),
      attemptEnded: build("attempt.ended"),
      retryScheduled: build("retry.scheduled"),
      text: build("text.ended"),
      reasoning: build("reasoning.ended"),
      called: build("tool.called"),
      begun: build("tool.begun"),
      settled: build("tool.settled"),
      sessionUpdated: build("session.updated"),
      sessionMoved: build("session.moved"),
      sessionDeleted: build("session.deleted"),
      replaced: build("input.replaced"),
      withdrawn: build("input.withdrawn"),
      askOpened: build("ask.opened"),
      askAnswered: build("ask.answered"),
      askExpired: build("ask.expired"),
      todoUpdated: build("todo.updated"),
      compactionStarted: build("compaction.started"),
      compactionEnded: build("compaction.ended"),
      compactionFailed: build("compaction.failed"),
      contextAdmitted: build("context.admitted"),
    };
  };
  return turn(1);
};

/** 2026-01-01, in epoch milliseconds; each draft is a millisecond later than the one before. */
const firstTime = 1_767_225_600_000;
