import { RowSet } from "@holdfast/core/store";
import { setImmediate as nextTurn } from "node:timers/promises";

import { OutputCollector } from "../economy/output-collector.ts";
import { LogRemover } from "../prune/log-remover.ts";
import { RowSweep, sweptTables } from "../prune/row-sweep.ts";
import { LineFinder } from "./line-finder.ts";

import type { FaultPoints, SessionId } from "@holdfast/core";
import type { OutputKey } from "@holdfast/core/store";
import type { Connection, Statement } from "../driver.ts";

interface SweepOptions {
  /** Runs one write in a transaction of its own, after the plans that wait. */
  readonly exclusively: <T>(write: () => T) => Promise<T>;
  readonly faults: FaultPoints | undefined;
}

interface Tombstone {
  readonly sessionKey: number;
  readonly sessionId: SessionId;
  readonly headSeq: number;
}

const rowsPerSlice = 500;
// A frozen message may have 20 MiB of files.
const frozenPerSlice = 10;

/**
 * Removes what deleted sessions left: outputs, events, rows, references to blobs and the blobs that nothing else refers to, messages. In
 * slices that each hold the write lock for some milliseconds. Nobody is shown any of it meanwhile, and after a crash it goes on.
 */
export class DeletionSweep {
  readonly #connection: Connection;
  readonly #options: SweepOptions;
  readonly #log: LogRemover;
  readonly #outputs: OutputCollector;
  readonly #line: LineFinder;
  readonly #next: Statement;
  readonly #output: Statement;
  readonly #messages: Statement;
  readonly #frozen: Statement;
  readonly #todo: Statement;
  readonly #compaction: Statement;
  readonly #context: Statement;
  readonly #done: Statement;

  constructor(connection: Connection, options: SweepOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#log = new LogRemover(connection);
    this.#outputs = new OutputCollector(connection);
    this.#line = new LineFinder(connection);
    // Served by tombstone_unswept, whose condition must stand in the query as it is.
    this.#next = connection.prepare("select sessionKey, sessionId, headSeq from tombstone where swept = 0 limit 1");
    this.#output = connection.prepare("select sessionId, callId, attempt from output where sessionId = ? limit 1");
    const last = (table: string) =>
      connection.prepare(
        `delete from ${table} where sessionKey = :key and seq >= (
          select min(seq) from (select seq from ${table} where sessionKey = :key order by seq desc limit :limit)
        )`,
      );
    this.#messages = last("message");
    this.#frozen = last("frozenMessage");
    this.#todo = connection.prepare("delete from todo where sessionKey = ?");
    this.#compaction = connection.prepare("delete from compaction where sessionKey = ?");
    this.#context = connection.prepare("delete from context where sessionKey = ?");
    this.#done = connection.prepare("update tombstone set swept = 1 where sessionKey = ?");
  }

  /** Until nothing is left of any deleted session, or it is told to halt. */
  async run(isHalted: () => boolean): Promise<void> {
    for (let found = this.#find(); found !== undefined && !isHalted(); found = this.#find()) {
      for await (const _ of this.#slices(found)) if (isHalted()) return;
    }
  }

  #find(): Tombstone | undefined {
    return this.#next.get() as Tombstone | undefined;
  }

  // The messages go last: by the first one it is told who is of the session's line.
  async *#slices({ sessionKey: key, sessionId, headSeq }: Tombstone): AsyncGenerator {
    if (!(await this.#line.hasOther(key))) {
      for (let output = this.#outputOf(sessionId); output !== undefined; output = this.#outputOf(sessionId)) {
        const found = output;
        yield this.#slice("outputs", () => this.#outputs.removeSlice(found));
      }
    }
    for (let end = this.#log.nextSlice(key, headSeq - 1); end !== null; end = this.#log.nextSlice(key, headSeq - 1)) {
      const until = end;
      yield this.#slice("events", () => this.#log.removeTo(key, until));
    }
    const floor = {
      sessionId,
      seq: Infinity,
      hash: "",
      fence: 0,
      messagesHash: "",
      rows: new RowSet(sessionId).snapshot(),
    };
    for (const table of sweptTables) {
      const sweep = new RowSweep(this.#connection, table, { key, floor });
      for (let rows = sweep.next(rowsPerSlice); rows !== null; rows = sweep.next(rowsPerSlice)) {
        const found = rows;
        yield this.#slice("rows", () => sweep.remove(found));
      }
    }
    for (;;) {
      const references = this.#log.nextReferences(key, headSeq);
      if (references.length === 0) break;
      yield this.#slice("blobs", () => this.#log.removeReferences(key, references));
    }
    yield* this.#removeAll(this.#frozen, key, frozenPerSlice);
    yield* this.#removeAll(this.#messages, key, rowsPerSlice);
    yield this.#slice("end", () => {
      this.#todo.run(key);
      this.#compaction.run(key);
      this.#context.run(key);
      this.#done.run(key);
    });
  }

  async *#removeAll(remove: Statement, key: number, limit: number): AsyncGenerator {
    for (let removed = limit; removed === limit;) {
      removed = await this.#slice("messages", () => remove.run({ key, limit }).changes);
      yield;
    }
  }

  #outputOf(sessionId: SessionId): OutputKey | undefined {
    return this.#output.get(sessionId) as OutputKey | undefined;
  }

  async #slice<T>(name: string, write: () => T): Promise<T> {
    const { exclusively, faults } = this.#options;
    const value = await exclusively(() => {
      const written = write();
      faults?.reach(`store.delete:before-${name}`);
      return written;
    });
    faults?.reach(`store.delete:after-${name}`);
    await nextTurn();
    return value;
  }
}
