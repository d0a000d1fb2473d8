import { isEventType } from "../event/catalogue.ts";
import { decodeEvent } from "../event/decode.ts";
import { genesisHash, sealEnvelope } from "../event/envelope.ts";
import { HoldfastError } from "../errors/holdfast-error.ts";
import { isJsonObject } from "../json/json-value.ts";
import { RowSet } from "../store/row-set.ts";
import { project } from "./project/project.ts";

import type { SealedEnvelope } from "../event/envelope.ts";
import type { EventId, SessionId } from "../ids/id.ts";
import type { JsonObject } from "../json/json-value.ts";
import type { Hash } from "../ports/hash.ts";
import type { LogHead } from "../store/plan.ts";

/** What a fork becomes. */
export interface ForkTarget {
  readonly sessionId: SessionId;
  /** When it is made, in epoch milliseconds. */
  readonly time: number;
  readonly nextId: () => EventId;
  readonly hash: Hash;
  /** The settled boundary of the source to copy up to. Default: the last one. */
  readonly seq?: number;
}

/**
 * The log of a fork, to be imported as native: the source's events up to a settled boundary, sealed anew under new event IDs, each at
 * the position that it had. Its first event names session, seq and hash of the source. Messages, calls and what they refer to keep
 * their IDs, so that outputs stay readable; denies are copied; keys stay with the source, so that no retry finds two inputs.
 *
 * @throws argument.invalid where the source has no such boundary, or no longer begins at its first event.
 */
export const forkEvents = (source: readonly SealedEnvelope[], target: ForkTarget): readonly SealedEnvelope[] => {
  const boundary = boundaryOf(source, target.seq);
  const hashes: string[] = [];
  return source.slice(0, boundary.seq + 1).map((event) => {
    const { hash: _sealed, ...envelope } = event;
    const { sealed } = sealEnvelope(
      {
        ...envelope,
        id: target.nextId(),
        sessionId: target.sessionId,
        time: event.seq === 0 ? target.time : event.time,
        prevHash: hashes.at(-1) ?? genesisHash,
        data: dataOf(event, { sessionId: event.sessionId, ...boundary }, hashes),
      },
      target.hash,
    );
    hashes.push(sealed.hash);
    return sealed;
  });
};

const dataOf = (event: SealedEnvelope, from: JsonObject, hashes: readonly string[]): JsonObject => {
  if (!isEventType(event.type)) return event.data;
  if (event.type === "session.created") return { ...event.data, forkedFrom: from };
  if (event.type === "input.admitted") {
    const { idempotencyKey: _key, ...data } = event.data;
    return data;
  }
  const trusted = event.data["trusted"];
  if (event.type !== "execution.recovered" || !isJsonObject(trusted)) return event.data;
  // It names an event of its own log, which has another hash here.
  return { ...event.data, trusted: { ...trusted, hash: hashes[Number(trusted["seq"])] ?? genesisHash } };
};

const boundaryOf = (source: readonly SealedEnvelope[], wanted: number | undefined): LogHead => {
  const boundaries = settledBoundaries(source, wanted ?? Infinity);
  const last = boundaries.at(-1);
  if (last !== undefined && (wanted === undefined || last.seq === wanted)) return last;
  const expected = wanted === undefined ? "a settled boundary" : `a settled boundary at event ${wanted}`;
  const first = source[0];
  const found =
    first === undefined ? "no events" : first.seq > 0 ? `a log that begins at event ${first.seq}` : "none such";
  throw new HoldfastError("argument.invalid", {
    message: `Expected ${expected} in session ${first?.sessionId ?? "without events"}, found ${found}. Fork it at the end of an execution with nothing open, of a log that was not pruned.`,
    data: { seq: wanted ?? null, boundaries: boundaries.slice(-10).map(({ seq }) => seq) },
  });
};

/** Where a whole log was at rest with nothing open, up to a position: right after it was created, and at such ends of executions. */
const settledBoundaries = (source: readonly SealedEnvelope[], until: number): readonly LogHead[] => {
  const first = source[0];
  if (first === undefined || first.seq !== 0) return [];
  const rows = new RowSet(first.sessionId);
  const found: LogHead[] = [];
  for (const sealed of source) {
    if (sealed.seq > until) break;
    const event = decodeEvent(sealed);
    if (event === null) continue;
    for (const change of project(event)) rows.apply(change);
    const mayRest = event.type === "session.created" || event.type === "execution.ended";
    if (mayRest && rows.isSettled()) found.push({ seq: sealed.seq, hash: sealed.hash });
  }
  return found;
};
