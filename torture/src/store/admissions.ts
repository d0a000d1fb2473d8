import { HoldfastError } from "@holdfast/core";
import { admitPlan } from "@holdfast/testkit";

import { commit, payloadHashOf, pick, repeatsByChance, textOf, tolerating } from "./desk.ts";
import { readJournal } from "./journal.ts";

import type { MessageId, SessionId } from "@holdfast/core";
import type { CommitPlan } from "@holdfast/core/store";
import type { Desk } from "./desk.ts";
import type { Intent } from "./journal.ts";

const remembered = 500;

/** What a process admits, and what it and those before it in its slot have admitted. */
export class Admissions {
  readonly #desk: Desk;
  readonly #done: Intent[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** Tries again what those before it began and nobody acknowledged to them: it is there once afterwards, whatever they died in. */
  async takeUp(): Promise<void> {
    const { directory, slot } = this.#desk.argument;
    const open = new Map<string, Intent>();
    const done: Intent[] = [];
    for (const entry of await readJournal(directory, slot)) {
      if (entry.kind === "intent") open.set(entry.messageId, entry);
      const acknowledged = entry.kind === "commit" ? entry.admitted : entry.kind === "replay" ? entry.messageId : null;
      const intent = open.get(acknowledged ?? "");
      if (intent === undefined) continue;
      open.delete(intent.messageId);
      done.push(intent);
    }
    this.#done.push(...done.slice(-remembered));
    // The last ones are those that the death of a process cut off; older ones found an inbox full.
    for (const intent of [...open.values()].slice(-8)) await this.#submit("an admission taken up", intent);
  }

  /** Admits a new input to a session. */
  async admit(sessionId: SessionId): Promise<void> {
    const { nextTurn, random, journal } = this.#desk;
    const { inputId: messageId } = nextTurn();
    const repeats = repeatsByChance(this.#desk);
    const idempotencyKey = random() < 0.5 ? `key of ${messageId}` : null;
    const payloadHash = payloadHashOf({ messageId, repeats });
    const intent: Intent = { sessionId, messageId, idempotencyKey, payloadHash, repeats };
    journal.note({ kind: "intent", ...intent });
    await this.#submit("an admission", intent);
  }

  /** Submits again what was acknowledged: it is answered with its first receipt, and a changed one is refused. */
  async repeat(): Promise<void> {
    const { journal, random } = this.#desk;
    const intent = pick(this.#desk, this.#done);
    if (intent === undefined) return;
    if (random() < 0.8) {
      const { status } = await this.#desk.store.commit(this.#planOf(intent));
      if (status === "replayed") journal.note({ kind: "done", what: "admissions submitted again" });
      else journal.note({ kind: "broken", sentence: `${intent.messageId} was admitted a second time` });
      return;
    }
    try {
      await this.#desk.store.commit(this.#planOf({ ...intent, payloadHash: "f".repeat(64) }));
      journal.note({ kind: "broken", sentence: `a changed ${intent.messageId} was admitted` });
    } catch (error) {
      if (!HoldfastError.isInstance(error, "input.conflict")) throw error;
      journal.note({ kind: "done", what: "changed admissions refused" });
    }
  }

  async #submit(what: string, intent: Intent): Promise<void> {
    const refused = await tolerating(this.#desk, what, async () => {
      await commit(this.#desk, this.#planOf(intent), { admitted: intent.messageId });
    });
    if (refused !== undefined) return;
    this.#done.push(intent);
    if (this.#done.length > remembered) this.#done.shift();
  }

  #planOf({ sessionId, messageId, idempotencyKey, payloadHash, repeats }: Intent): CommitPlan {
    const { value, blobs } = textOf(repeats);
    const identity = { messageId: messageId as MessageId, payloadHash };
    const key = idempotencyKey === null ? {} : { idempotencyKey };
    const plan = admitPlan(this.#desk.nextTurn(), { ...identity, ...key, text: value }, 20);
    const hashes = blobs.map(({ hash }) => hash);
    const events = plan.events.map((event) => (hashes.length > 0 ? { ...event, blobs: hashes } : event));
    return { ...plan, sessionId: sessionId as SessionId, events, blobs };
  }
}
