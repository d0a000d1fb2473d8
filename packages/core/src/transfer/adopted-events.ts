import { toTextValue } from "../event/blob-ref.ts";
import { eventCatalogue } from "../event/catalogue.ts";
import { noUsage } from "../event/add-usage.ts";
import { toWellFormed } from "../json/canonical.ts";
import { admitInput } from "../session/decide/admit-input.ts";
import { sealPlan } from "../store/seal-plan.ts";
import { adoptedMessageId, shortHash } from "./adopt-row.ts";

import type { Blob } from "../event/blob-ref.ts";
import type { EventDataOf, EventDraft, EventType } from "../event/catalogue.ts";
import type { EventId, ExecutionId, OwnerId, SessionId, StepId } from "../ids/id.ts";
import type { Hash } from "../ports/hash.ts";
import type { ImportBatch } from "../store/import-batch.ts";
import type { AdoptRow } from "./adopt-row.ts";

/** What the rows of one session come to as its log. */
export interface AdoptedSession {
  readonly sessionId: SessionId;
  /** In the order of their times, then their IDs. */
  readonly rows: readonly AdoptRow[];
  /** Where it works, if no row says so. */
  readonly directory: string;
  readonly hash: Hash;
}

/**
 * The log that tells what the rows tell: each run of a person's messages with the answers after it is one ended execution, each
 * answer a step of one attempt. Everything in it is derived from the rows, so that the same rows always give the same log.
 */
export const adoptedEvents = (session: AdoptedSession): ImportBatch => {
  const writer = new Writer(session);
  writer.create();
  for (const turn of turnsOf(session.rows)) writer.turn(turn);
  return writer.batch();
};

/** Cuts rows after each run of answers. */
const turnsOf = (rows: readonly AdoptRow[]): readonly (readonly AdoptRow[])[] => {
  const turns: AdoptRow[][] = [];
  for (const row of rows) {
    const last = turns.at(-1);
    if (last === undefined || (row.role === "user" && last.at(-1)?.role === "assistant")) turns.push([row]);
    else last.push(row);
  }
  return turns;
};

class Writer {
  readonly #session: AdoptedSession;
  readonly #events: EventDraft[] = [];
  readonly #blobs: Blob[] = [];
  readonly #owner: OwnerId;
  #turns = 0;

  constructor(session: AdoptedSession) {
    this.#session = session;
    this.#owner = `own_${this.#name("owner")}` as OwnerId;
  }

  create(): void {
    const { rows } = this.#session;
    const directory = rows.find((row) => row.directory !== undefined)?.directory ?? this.#session.directory;
    const title = toWellFormed(rows.find((row) => row.title !== undefined)?.title ?? "");
    const location = { directory };
    this.#add("session.created", rows[0]?.time ?? 0, {
      location,
      project: directory,
      agent: "default",
      title,
      denies: [],
    });
  }

  turn(rows: readonly AdoptRow[]): void {
    const [first, last] = [rows[0]?.time ?? 0, rows.at(-1)?.time ?? 0];
    this.#turns += 1;
    const executionId = `exe_${this.#name(`execution ${this.#turns}`)}` as ExecutionId;
    const said = rows.filter(({ role }) => role === "user");
    for (const row of said) this.#admit(row);
    const started = { executionId, owner: this.#owner, runtime: "adopted", denies: [], woken: [] };
    this.#add("execution.started", said.at(-1)?.time ?? first, started);
    for (const row of said) {
      this.#add("input.promoted", row.time, { messageId: adoptedMessageId(row, this.#session.hash), executionId });
    }
    rows.filter(({ role }) => role === "assistant").forEach((row, index) => this.#answer(row, executionId, index + 1));
    this.#add("execution.ended", last, { executionId, outcome: "completed" });
  }

  /** The log as a batch to import. */
  batch(): ImportBatch {
    const { sessionId, hash } = this.#session;
    const plan = { sessionId, events: this.#events, fence: { owner: this.#owner, fence: 1 } };
    const events = sealPlan(plan, null, hash).map(({ sealed }) => sealed);
    return { sessionId, events, blobs: this.#blobs, as: "native" };
  }

  #admit(row: AdoptRow): void {
    const { sessionId, hash } = this.#session;
    const text = toWellFormed(row.text);
    const plan = admitInput(
      { sessionId, messageId: adoptedMessageId(row, hash), text, delivery: "steer", resume: true },
      { eventId: this.#nextId(), time: row.time, hash, inboxLimit: 1 },
    );
    this.#events.push(...plan.events);
    this.#blobs.push(...(plan.blobs ?? []));
  }

  #answer(row: AdoptRow, executionId: ExecutionId, index: number): void {
    const { hash } = this.#session;
    const messageId = adoptedMessageId(row, hash);
    const stepId = `stp_${this.#name(`step ${messageId}`)}` as StepId;
    const model = row.model ?? { id: "unknown" };
    const { value, blobs } = toTextValue(toWellFormed(row.text), hash);
    this.#blobs.push(...blobs);
    this.#add("step.started", row.time, { stepId, executionId, index, agent: "default", model });
    this.#add("attempt.started", row.time, { stepId, attempt: 1, messageId, requestHash: noRequest });
    this.#add("text.ended", row.time, { messageId, position: 0, text: value });
    const ended = { stepId, attempt: 1, status: "finished", finish: "stop", usage: noUsage, cost: 0 } as const;
    this.#add("attempt.ended", row.time, ended);
    this.#add("step.ended", row.time, { stepId, finish: "stop" });
  }

  #add<TType extends EventType>(type: TType, time: number, data: EventDataOf<TType>): void {
    const { version } = eventCatalogue[type];
    this.#events.push({ id: this.#nextId(), type, version, time, data } as never);
  }

  #nextId(): EventId {
    return `evt_${this.#name(`event ${this.#events.length}`)}` as EventId;
  }

  #name(part: string): string {
    return shortHash(`${this.#session.sessionId} ${part}`, this.#session.hash);
  }
}

// What was asked is not known: no request has this hash.
const noRequest = "0".repeat(64);
