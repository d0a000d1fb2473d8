import { setImmediate as nextTurn } from "node:timers/promises";

import { FloorMover } from "./floor-mover.ts";
import { LogRemover } from "./log-remover.ts";
import { RowSweep, sweptTables } from "./row-sweep.ts";

import type { FaultPoints } from "@holdfast/core";
import type { Floor, FrozenMessage, PrunePlan, PruneResult } from "@holdfast/core/store";
import type { Connection } from "../driver.ts";
import type { SessionKeys } from "../session-keys.ts";

interface PrunerOptions {
  readonly keys: SessionKeys;
  /** Runs one write in a transaction of its own, after the plans that wait. */
  readonly exclusively: <T>(write: () => T) => Promise<T>;
  readonly faults: FaultPoints | undefined;
}

const rowsPerSlice = 500;
const frozenCharactersPerSlice = 4 * 1024 * 1024;

/**
 * Removes the beginning of a log. The floor moves in one transaction; what is before and after it are slices that each hold the write
 * lock for some milliseconds, with a turn of the event loop and the plans that wait in between. A crash before leaves frozen messages
 * that nobody reads, and one after leaves rows and events that nobody is shown, and that the next pruning removes.
 */
export class Pruner {
  readonly #connection: Connection;
  readonly #options: PrunerOptions;
  readonly #mover: FloorMover;
  readonly #log: LogRemover;

  constructor(connection: Connection, options: PrunerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#mover = new FloorMover(connection, options.keys);
    this.#log = new LogRemover(connection);
  }

  /** @throws store.condition-failed */
  async prune(plan: PrunePlan): Promise<PruneResult> {
    for (const slice of slicesOf(plan.messages)) await this.#slice("frozen", () => this.#mover.freeze(plan, slice));
    const { key } = await this.#slice("floor", () => this.#mover.move(plan));
    const removedEvents = await this.#removeEvents(key, plan.floor.seq);
    await this.#removeRows(key, plan.floor);
    return { removedEvents, removedBlobs: await this.#removeBlobs(key, plan.floor.seq) };
  }

  async #removeEvents(key: number, seq: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const end = this.#log.nextSlice(key, seq);
      if (end === null) return removed;
      removed += await this.#slice("events", () => this.#log.removeTo(key, end));
    }
  }

  async #removeRows(key: number, floor: Floor): Promise<void> {
    for (const table of sweptTables) {
      const sweep = new RowSweep(this.#connection, table, { key, floor });
      for (let rows = sweep.next(rowsPerSlice); rows !== null; rows = sweep.next(rowsPerSlice)) {
        const found = rows;
        if (found.length > 0) await this.#slice("rows", () => sweep.remove(found));
      }
    }
  }

  async #removeBlobs(key: number, seq: number): Promise<number> {
    let removed = 0;
    for (;;) {
      const references = this.#log.nextReferences(key, seq);
      if (references.length === 0) return removed;
      removed += await this.#slice("blobs", () => this.#log.removeReferences(key, references));
    }
  }

  async #slice<T>(name: string, write: () => T): Promise<T> {
    const { exclusively, faults } = this.#options;
    const value = await exclusively(() => {
      const written = write();
      faults?.reach(`store.prune:before-${name}`);
      return written;
    });
    faults?.reach(`store.prune:after-${name}`);
    await nextTurn();
    return value;
  }
}

const slicesOf = (messages: readonly FrozenMessage[]): readonly (readonly FrozenMessage[])[] => {
  const slices: FrozenMessage[][] = [];
  let characters = Infinity;
  for (const message of messages) {
    const last = slices.at(-1);
    characters += message.value.length;
    if (last !== undefined && last.length < rowsPerSlice && characters <= frozenCharactersPerSlice) last.push(message);
    else {
      slices.push([message]);
      characters = message.value.length;
    }
  }
  return slices;
};
