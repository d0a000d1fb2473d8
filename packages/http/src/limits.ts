import * as z from "zod";

/** Bounds of a handler, each with its default. All times are in milliseconds. */
export interface HttpLimits {
  /** Bytes of a JSON body. Default 32 MiB: an input with 20 MiB of files in base64, and room. */
  readonly bodyBytes?: number | undefined;
  /** Bytes of an import. Default 256 MiB. */
  readonly importBytes?: number | undefined;
  /** How long a JSON body may take to arrive, and how long an import may pause. Default 30,000. */
  readonly bodyMs?: number | undefined;
  /** Streams of events that are open at once. Default 1,000. */
  readonly streams?: number | undefined;
  /** Events that wait for one stream whose client does not read. Default 10,000. */
  readonly queueEvents?: number | undefined;
  /** And their bytes. Default 8 MiB; one event that is larger passes. */
  readonly queueBytes?: number | undefined;
  /** How long a client may read nothing of what waits for it. Default 60,000. */
  readonly stallMs?: number | undefined;
  /** A stream that has nothing to say says so at least this often. Default 15,000. */
  readonly heartbeatMs?: number | undefined;
  /** How long `wait` waits at most. Default 25,000. */
  readonly waitMs?: number | undefined;
  /** After how long clients come again that are told to. Default 1,000. */
  readonly reconnectMs?: number | undefined;
}

const count = (most: number) => z.int().min(1).max(most);
const mebi = 1024 * 1024;

/** The bounds with every default in its place. */
export const limitsSchema = z
  .strictObject({
    bodyBytes: count(1024 * mebi).default(32 * mebi),
    importBytes: count(4096 * mebi).default(256 * mebi),
    bodyMs: count(86_400_000).default(30_000),
    streams: count(1_000_000).default(1_000),
    queueEvents: count(10_000_000).default(10_000),
    queueBytes: count(1024 * mebi).default(8 * mebi),
    stallMs: count(86_400_000).default(60_000),
    heartbeatMs: count(86_400_000).default(15_000),
    waitMs: count(86_400_000).default(25_000),
    reconnectMs: count(86_400_000).default(1_000),
  })
  .prefault({});

/** The bounds of a handler. */
export type Limits = z.output<typeof limitsSchema>;
