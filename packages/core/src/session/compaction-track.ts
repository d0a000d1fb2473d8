import type { DurableEvent } from "../event/catalogue.ts";
import type { CompactionReason } from "../event/compaction-events.ts";
import type { MessageId } from "../ids/id.ts";
import type { CompactionRow } from "../store/rows.ts";

/** What the model is shown in place of the messages up to `throughSeq`. */
export interface Summary {
  /** Where it was written. */
  readonly seq: number;
  readonly throughSeq: number;
  readonly text: string;
}

/** The last compaction of a session, as far as it has come. */
export type LastCompaction = Pick<CompactionRow, "seq" | "state" | "endedSeq" | "streak"> & {
  /** Absent where its beginning was pruned. */
  readonly reason?: CompactionReason;
};

/** The compactions of a session, folded from its events in order, or from the row that a floor keeps. */
export class CompactionTrack {
  readonly #requests = new Map<MessageId, string>();
  #summary: Summary | undefined;
  #last: LastCompaction | undefined;

  /** The last summary. */
  get summary(): Summary | undefined {
    return this.#summary;
  }

  get last(): LastCompaction | undefined {
    return this.#last;
  }

  /** What a request to compact wants its summary to heed; empty where nothing. */
  wishOf(messageId: MessageId): string {
    return this.#requests.get(messageId) ?? "";
  }

  request(messageId: MessageId, wish: string): void {
    this.#requests.set(messageId, wish);
  }

  restore({ seq, state, endedSeq, streak, summarySeq, throughSeq, summary }: CompactionRow): void {
    this.#last = { seq, state, endedSeq, streak };
    if (summarySeq !== null) this.#summary = { seq: summarySeq, throughSeq, text: summary };
  }

  start({ seq, data }: DurableEvent<"compaction.started">): void {
    this.#last = { seq, state: "open", endedSeq: null, streak: this.#last?.streak ?? 0, reason: data.reason };
  }

  end({ seq, data }: DurableEvent<"compaction.ended">): void {
    this.#close({ state: "ended", endedSeq: seq, streak: data.streak }, data.settles);
    this.#summary = { seq, throughSeq: data.throughSeq, text: data.summary };
  }

  fail({ seq, data }: DurableEvent<"compaction.failed">): void {
    const state = data.failure.class === "aborted" ? "aborted" : "failed";
    this.#close({ state, endedSeq: seq, streak: data.streak }, data.settles);
  }

  #close(end: Pick<LastCompaction, "state" | "endedSeq" | "streak">, settles: readonly MessageId[]): void {
    if (this.#last !== undefined) this.#last = { ...this.#last, ...end };
    for (const messageId of settles) this.#requests.delete(messageId);
  }
}
