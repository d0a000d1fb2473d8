/** Time, as a port: core never reads a clock of its own, and tests play time by hand. */
export interface Clock {
  /** Wall-clock time in epoch milliseconds. May jump in either direction. */
  now(): number;
  /** Milliseconds since an arbitrary point of this process; never goes backwards. Leases are judged by it. */
  monotonic(): number;
  /**
   * Resolves after `ms` milliseconds; rejects with `signal.reason` as soon as the signal aborts. A sleep in the background keeps no process
   * alive, on a clock that could.
   */
  sleep(ms: number, signal?: AbortSignal, kind?: "background"): Promise<void>;
}
