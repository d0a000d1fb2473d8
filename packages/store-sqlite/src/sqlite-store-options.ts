import type { Clock, FaultPoints, Logger } from "@holdfast/core";
import type { Store } from "@holdfast/core/store";
import type { SqliteStoreStats } from "./economy/stats.ts";

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
  /** Reads the whole file when it is opened, and refuses a damaged one as `store.corrupt`. Default false: it takes 1 s per GB or so. */
  readonly quickCheck?: boolean;
  /**
   * Opens a file on a network file system (NFS, SMB, …) all the same, for this process alone: others are refused as `store.busy`
   * while it is open. Default false: such a file is refused as `store.network-file-system`, where it can be told (Linux).
   */
  readonly allowNetworkFileSystem?: boolean;
  /** Where it is reported that a listener threw, that upkeep failed, and where a copy was kept. Default: nowhere. */
  readonly logger?: Logger;
  /** By which outputs grow old. Default: the system's. */
  readonly clock?: Pick<Clock, "now">;
  /**
   * Named places for tests: `store.before-commit`, `store.after-commit`, `store.import:…`, `store.prune:…`, and
   * `store.migration:<version>:<statement>`.
   */
  readonly faults?: FaultPoints | undefined;
}

/** A store on one SQLite file. */
export interface SqliteStore extends Store {
  readonly path: string;

  /** What takes the space of the file. Reads all of it, in slices: no call for every request. */
  stats(): Promise<SqliteStoreStats>;

  /**
   * Copies the store to a new file, as it was at one moment, while it is used. The write-ahead log is not started over meanwhile.
   *
   * @throws argument.invalid where there is something at the path, store.full, store.read-only
   */
  backup(path: string): Promise<void>;
}
