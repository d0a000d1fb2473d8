import { setTimeout as sleep } from "node:timers/promises";

import { openSqliteStore } from "@holdfast/store-sqlite";
import Database from "better-sqlite3";

import { startChild } from "../child-process.ts";
import { claims } from "./plot.ts";

import type { JsonObject, JsonValue, SessionId } from "@holdfast/core";
import type { SqliteStore } from "@holdfast/store-sqlite";
import type { Child } from "../child-process.ts";
import type { Taking } from "./judge.ts";
import type { Order } from "./worker.ts";

/** When the stopped owner goes on: at the first take-over, after the last, or about when its claim expires. */
export type Awakening = "taken" | "finished" | "about to be taken";

/** One round: what the owner does, when it is stopped, and when it goes on. */
export interface Round extends Order {
  readonly awakening: Awakening;
  /** From 0 to 1: chance, where a round leaves a moment to it. */
  readonly chance: number;
}

/** What the owner said at the end of a round. */
export interface Report {
  readonly statuses: readonly string[];
  /** The sessions of which it said that it had lost them. */
  readonly lost: readonly string[];
}

/** The place of a round whose owner is stopped whenever it happens to be. */
export const anywhere = "anywhere";

const worker = new URL("worker.ts", import.meta.url);
const patienceMs = 20_000;

/** An owner, and a taker, two processes on one store, and a look at it from here. */
export class Pair implements AsyncDisposable {
  readonly store: SqliteStore;
  readonly takings: Taking[] = [];
  readonly #lock: Database.Database;
  readonly #owner: Child;
  readonly #taker: Child;
  readonly #listening: Promise<void>;

  private constructor(store: SqliteStore, file: string, directory: string) {
    this.store = store;
    this.#lock = new Database(file, { timeout: 500 });
    this.#owner = startChild(worker, { directory, store: file, part: "owner" });
    this.#taker = startChild(worker, { directory, store: file, part: "taker" });
    this.#listening = this.#listen();
  }

  static async open(file: string, directory: string): Promise<Pair> {
    const pair = new Pair(await openSqliteStore({ path: file }), file, directory);
    await pair.#next();
    return pair;
  }

  async play(round: Round): Promise<Report> {
    const { sessions, place, time } = round;
    let said = this.#next();
    this.#owner.say(JSON.stringify({ sessions, place, time } satisfies Order));
    if (place === anywhere) await sleep(round.chance * 250);
    else if (isReport(await said)) throw new Error(`the owner did not come to "${place}" for the ${time}th time`);
    else said = this.#next();
    await this.#stop();
    await this.#until(round);
    this.#owner.kill("SIGCONT");
    const report = await said;
    if (!isReport(report)) throw new Error(`expected the owner's report, found ${JSON.stringify(report)}`);
    return report;
  }

  /** Ends both, and says which of them did not end by itself. */
  async end(): Promise<readonly string[]> {
    const children = [this.#owner, this.#taker];
    for (const child of children) child.say("end");
    const ends = await Promise.all(children.map(({ ended }) => ended));
    await this.#listening;
    return ends.flatMap(({ code, signal }) => (code === 0 ? [] : [`a process ended with ${code ?? signal}`]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owner[Symbol.asyncDispose]();
    await this.#taker[Symbol.asyncDispose]();
    this.#lock.close();
    await this.store[Symbol.asyncDispose]();
  }

  async #listen(): Promise<void> {
    for (;;) {
      const said: JsonValue | undefined = await this.#taker.next().catch(() => undefined);
      if (said === undefined) return;
      if (isTaking(said)) this.takings.push({ ...said, by: "taker" });
    }
  }

  /** What the owner says next, but for what it takes over: an owner that stalled may be first to take its own sessions anew. */
  async #next(): Promise<JsonValue> {
    for (;;) {
      const said = await this.#owner.next();
      if (!isTaking(said)) return said;
      this.takings.push({ ...said, by: "owner" });
    }
  }

  /** Stops the owner outside a transaction: inside one, it would hold everybody up and not be taken over. */
  async #stop(): Promise<void> {
    for (;;) {
      this.#owner.kill("SIGSTOP");
      await sleep(5);
      if (this.#mayWrite()) return;
      this.#owner.kill("SIGCONT");
      await sleep(3);
    }
  }

  #mayWrite(): boolean {
    try {
      this.#lock.exec("begin immediate; rollback");
      return true;
    } catch {
      // Busy: the owner was stopped in a transaction.
      return false;
    }
  }

  async #until({ awakening, sessions, chance }: Round): Promise<void> {
    if (awakening === "about to be taken") return sleep(claims.expireMs * (0.7 + 0.8 * chance));
    const before = this.takings.length;
    for (const end = performance.now() + patienceMs; performance.now() < end;) {
      if (awakening === "taken" && this.takings.length > before) return;
      if (await this.#allRest(sessions)) return;
      await sleep(10);
    }
    throw new Error(`${sessions.join(", ")} were not taken over within ${patienceMs} ms`);
  }

  async #allRest(sessions: readonly string[]): Promise<boolean> {
    for (const sessionId of sessions) {
      const snapshot = await this.store.snapshot(sessionId as SessionId);
      if (snapshot !== null && (snapshot.execution?.state === "open" || snapshot.inputs.length > 0)) return false;
    }
    return true;
  }
}

const says = (said: JsonValue, what: string): boolean =>
  typeof said === "object" && said !== null && "says" in said && said["says"] === what;

const isTaking = (said: JsonValue): said is JsonObject & Omit<Taking, "by"> => says(said, "taken");
const isReport = (said: JsonValue): said is JsonValue & Report => says(said, "done");
