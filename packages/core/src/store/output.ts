import type { CallId, SessionId } from "../ids/id.ts";

/** Which output: owned by its session, kept per call and attempt. */
export interface OutputKey {
  readonly sessionId: SessionId;
  readonly callId: CallId;
  readonly attempt: number;
}

/** The most that one call's output may hold: 64 MiB. */
export const maxOutputBytes = 64 * 1024 * 1024;

/** A window of an output. */
export interface OutputPage {
  readonly bytes: Uint8Array;
  readonly offset: number;
  /** Size of the whole output, in bytes. */
  readonly size: number;
}
