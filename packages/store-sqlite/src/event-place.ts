import { HoldfastError } from "@holdfast/core";

/** Seqs of a session, from 0: 67,108,864 of them, so that 134,217,727 sessions have places that a JavaScript number tells apart. */
const seqsPerSession = 2 ** 26;

/**
 * Where an event is kept: one number of the session's and its seq, so that the log is one table in the order of its places. SQLite
 * then keeps whole events in its pages; clustered on two columns, each one over a kilobyte took a page of its own for its rest, and a
 * log nearly twice the space (measured: 14.3 KB a turn against 8.2).
 *
 * @throws store.full where the session has as many events as it can.
 */
export const placeOf = (key: number, seq: number): number => {
  if (seq < seqsPerSession) return key * seqsPerSession + seq;
  throw new HoldfastError("store.full", {
    message: `Expected fewer than ${seqsPerSession.toLocaleString("en")} events in a session, found event ${seq}. Go on in a new session.`,
    data: { seq },
  });
};

/** The place after which a page of a session's log begins, whatever its reader names. */
export const placeAfter = (key: number, seq: number): number =>
  key * seqsPerSession + Math.min(Math.max(seq, -1), seqsPerSession - 1);

/** The place after the last one of a session. */
export const endOf = (key: number): number => (key + 1) * seqsPerSession;
