import { setImmediate as nextTurn } from "node:timers/promises";

import { DeletionSweep } from "../delete/deletion-sweep.ts";
import { BlobCollector } from "./blob-collector.ts";
import { forceWal, journalSizeLimit, truncateWal, walBytes } from "./checkpoint.ts";
import { OutputCollector } from "./output-collector.ts";

import type { FaultPoints, Logger } from "@holdfast/core";
import type { Connection } from "../driver.ts";

interface MaintenanceOptions {
  readonly path: string;
  readonly logger: Logger;
  readonly now: () => number;
  /** Runs one write in a transaction of its own, after the plans that wait. */
  readonly exclusively: <T>(write: () => T) => Promise<T>;
  /** Changes with each commit, of this process and of others: idle is when it did not change since the last look. */
  readonly activity: () => string;
  /** Named places for tests. */
  readonly faults: FaultPoints | undefined;
  /** Looks whether another process has upgraded the file. */
  readonly look: () => void;
}

const intervalMs = 1_000;
const collectEveryMs = 60 * 60 * 1_000;
// A store that never rests would otherwise keep everything.
const collectBusyEveryMs = 6 * collectEveryMs;
const walLimit = 256 * 1024;
const blobsPerSlice = 25;

/**
 * What a store does when nothing else is to be done: each second, what deleted sessions left is removed, and of rest, the write-ahead log
 * is cut; at the start and each hour, what nobody needs is collected, in slices, and every six hours of a store that does not rest. Its timer does not keep a process alive.
 */
export class Maintenance {
  readonly #connection: Connection;
  readonly #options: MaintenanceOptions;
  readonly #outputs: OutputCollector;
  readonly #blobs: BlobCollector;
  readonly #deletions: DeletionSweep;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;
  #warned = false;
  #activity = "";
  #collected = -Infinity;

  constructor(connection: Connection, options: MaintenanceOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#outputs = new OutputCollector(connection);
    this.#blobs = new BlobCollector(connection);
    this.#deletions = new DeletionSweep(connection, options);
    this.#schedule();
  }

  /** Starts nothing more, and resolves when what was begun has come to a halt. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      this.#running = this.#runAndSchedule();
    }, intervalMs).unref();
  }

  async #runAndSchedule(): Promise<void> {
    await this.#run();
    this.#running = undefined;
    if (!this.#stopped) this.#schedule();
  }

  async #run(): Promise<void> {
    try {
      this.#options.look();
      const activity = this.#options.activity();
      const isIdle = activity === this.#activity;
      this.#activity = activity;
      await this.#deletions.run(() => this.#stopped);
      await this.#collect(isIdle ? collectEveryMs : collectBusyEveryMs);
      if (isIdle) await this.#cutWal();
      await this.#boundWal();
      if (isIdle) this.#activity = this.#options.activity();
    } catch (error) {
      if (this.#stopped) return;
      // Nobody waits for it, and the next second tries again; a full or damaged file tells its writers by itself.
      this.#options.logger.warn("the store's upkeep failed", { path: this.#options.path, reason: String(error) });
    }
  }

  async #cutWal(): Promise<void> {
    if ((await this.#walBytes()) > walLimit && !this.#stopped) truncateWal(this.#connection);
  }

  // Written or not: readers that overlap keep it from starting over, and a checkpoint that waits for them for a moment ends that. One
  // that reads on and on cannot be helped from here; somebody has to hear of it.
  async #boundWal(): Promise<void> {
    const bytes = await this.#walBytes();
    if (bytes <= journalSizeLimit || this.#stopped || forceWal(this.#connection)) {
      this.#warned = false;
      return;
    }
    if (this.#warned) return;
    this.#warned = true;
    const { logger, path } = this.#options;
    logger.warn("the write-ahead log grows, because somebody reads the store in one long transaction", { path, bytes });
  }

  async #walBytes(): Promise<number> {
    return this.#options.path === ":memory:" ? 0 : walBytes(this.#options.path);
  }

  async #collect(everyMs: number): Promise<void> {
    const now = this.#options.now();
    if (now - this.#collected < everyMs) return;
    await this.#collectOutputs(now);
    await this.#collectBlobs();
    if (!this.#stopped) this.#collected = now;
  }

  async #collectOutputs(now: number): Promise<void> {
    for (let key = this.#outputs.next(now); key !== null && !this.#stopped; key = this.#outputs.next(now)) {
      const over = key;
      await this.#options.exclusively(() => this.#outputs.removeSlice(over));
      await nextTurn();
      if (this.#stopped) return;
    }
  }

  async #collectBlobs(): Promise<void> {
    let page = this.#blobs.page(-1);
    while (page.length > 0 && !this.#stopped) {
      for (let start = 0; start < page.length && !this.#stopped; start += blobsPerSlice) {
        const slice = page.slice(start, start + blobsPerSlice);
        await this.#options.exclusively(() => this.#blobs.remove(slice));
        await nextTurn();
      }
      if (this.#stopped) return;
      page = this.#blobs.page(page.at(-1)?.blobKey ?? 0);
    }
  }
}
