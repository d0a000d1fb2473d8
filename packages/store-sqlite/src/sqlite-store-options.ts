import type { FaultPoints, Logger } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";

/** How a SQLite store is opened. */
export interface SqliteStoreOptions {
  /** The database file, made if it is not there; its directory must exist. `":memory:"` for one that dies with the process. */
  readonly path: string;
  /**
   * When a commit is on the disk. `"normal"` (the default) survives the death of the process; the last commits before a loss of
   * power may be missing, and the file stays whole. `"full"` survives a loss of power too, at about five times the price.
   */
  readonly synchronous?: "normal" | "full";
  /** How long a write goes on trying while another process holds the write lock, in milliseconds. Default 10,000. */
  readonly busyBudgetMs?: number;
  /** How often other processes' commits are looked for while someone watches, in milliseconds. Default 5, slower when quiet. */
  readonly pollMs?: number;
  /** Where a listener that throws is reported. Default: nowhere. */
  readonly logger?: Logger;
  /** Named places for tests: `store.before-commit`, `store.after-commit`. */
  readonly faults?: FaultPoints | undefined;
}

/** A store on one SQLite file. */
export interface SqliteStore extends Store {
  readonly path: string;
}
