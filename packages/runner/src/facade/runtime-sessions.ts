import { parseArguments } from "@holdfast/core/arguments";
import { isAsking } from "@holdfast/core/session";
import { assertNotReplica } from "@holdfast/core/store";

import { expireDueAsks } from "../session/expire-asks.ts";
import { admitCompaction } from "./admit-compaction.ts";
import { admitPrompt, replayedReceipt } from "./admit-prompt.ts";
import { argumentSchemas } from "./arguments.ts";
import { createSession } from "./create-session.ts";
import { exportSession } from "./export-session.ts";
import { forkSession } from "./fork-session.ts";
import { importSession } from "./import-session.ts";
import { EventReader } from "./read-events.ts";
import { readInputs, readMessages } from "./read-messages.ts";
import { readTodos } from "./read-todos.ts";
import { recoveryInfo } from "./recovery-info.ts";
import { deleteSession } from "./delete-session.ts";
import { moveSession } from "./move-session.ts";
import { noSession } from "./no-session.ts";
import { readContext } from "./read-context.ts";
import { replacePendingInput } from "./replace-pending-input.ts";
import { updateSession } from "./update-session.ts";
import { withdrawPendingInput } from "./withdraw-pending-input.ts";
import { releaseSession } from "./release-session.ts";
import { requestInterrupt } from "./request-interrupt.ts";
import { listSessions, toSessionInfo } from "./session-info.ts";
import { untilTakenUp, waitForRest } from "./wait-for-rest.ts";

import type { EventItem, SessionId, Sessions } from "@holdfast/core";
import type { SessionSnapshot } from "@holdfast/core/store";
import type * as z from "zod";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";

/** The sessions of one runtime: checks what callers give, and hands it to whoever does the work. */
export class RuntimeSessions implements Sessions {
  readonly #kernel: Kernel;
  readonly #coordinator: Coordinator;
  readonly #disposal: AbortSignal;

  /** @param disposal Aborts, with the error that is then thrown everywhere, when the runtime is disposed of. */
  constructor(kernel: Kernel, coordinator: Coordinator, disposal: AbortSignal) {
    this.#kernel = kernel;
    this.#coordinator = coordinator;
    this.#disposal = disposal;
  }

  create: Sessions["create"] = async (options) => {
    const checked = this.#check(argumentSchemas.create, options, "create");
    return toSessionInfo(this.#store, await createSession(this.#kernel, checked));
  };

  get: Sessions["get"] = async (query) => {
    const { sessionId } = this.#check(argumentSchemas.session, query, "get");
    const row = await this.#store.session(sessionId);
    return row === null ? null : toSessionInfo(this.#store, row);
  };

  list: Sessions["list"] = async (query = {}) =>
    listSessions(this.#store, this.#check(argumentSchemas.list, query, "list"));

  update: Sessions["update"] = async (change) => {
    const row = await updateSession(this.#kernel, this.#check(argumentSchemas.update, change, "update"));
    return toSessionInfo(this.#store, row);
  };

  move: Sessions["move"] = async (move) => {
    const row = await moveSession(this.#kernel, this.#check(argumentSchemas.move, move, "move"));
    return toSessionInfo(this.#store, row);
  };

  delete: Sessions["delete"] = async (query) =>
    deleteSession(this.#kernel, this.#check(argumentSchemas.session, query, "delete").sessionId);

  active: Sessions["active"] = async () => {
    this.#disposal.throwIfAborted();
    return this.#coordinator.active();
  };

  context: Sessions["context"] = async (query) =>
    readContext(this.#kernel, this.#check(argumentSchemas.session, query, "context").sessionId);

  prompt: Sessions["prompt"] = async (prompt) =>
    admitPrompt(this.#kernel, this.#coordinator, this.#check(argumentSchemas.prompt, prompt, "prompt"));

  compact: Sessions["compact"] = async (request) =>
    admitCompaction(this.#kernel, this.#coordinator, this.#check(argumentSchemas.compact, request, "compact"));

  receipt: Sessions["receipt"] = async (query) => {
    const { sessionId, id, idempotencyKey } = this.#check(argumentSchemas.receipt, query, "receipt");
    if ((await this.#store.session(sessionId)) === null) throw await noSession(this.#store, sessionId);
    const identity = id === undefined ? { sessionId, idempotencyKey: idempotencyKey ?? "" } : { messageId: id };
    const admission = await this.#store.admission(identity);
    return admission?.sessionId === sessionId ? replayedReceipt(this.#store, admission) : null;
  };

  inputs: Sessions["inputs"] = async (query) =>
    readInputs(this.#store, this.#check(argumentSchemas.session, query, "inputs").sessionId);

  replaceInput: Sessions["replaceInput"] = async (change) =>
    replacePendingInput(this.#kernel, this.#check(argumentSchemas.replaceInput, change, "replaceInput"));

  withdrawInput: Sessions["withdrawInput"] = async (change) =>
    withdrawPendingInput(this.#kernel, this.#check(argumentSchemas.withdrawInput, change, "withdrawInput"));

  todos: Sessions["todos"] = async (query) =>
    readTodos(this.#store, this.#check(argumentSchemas.session, query, "todos").sessionId);

  messages: Sessions["messages"] = async (query) =>
    readMessages(this.#store, this.#check(argumentSchemas.messages, query, "messages"));

  events: Sessions["events"] = (query): AsyncIterable<EventItem> => ({
    [Symbol.asyncIterator]: () => {
      const checked = this.#check(argumentSchemas.events, query, "events");
      const signal = this.#endingWith(checked.signal);
      return new EventReader(this.#kernel, this.#coordinator, { ...checked, signal }).read();
    },
  });

  wait: Sessions["wait"] = async (query) => {
    const checked = this.#check(argumentSchemas.wait, query, "wait");
    return waitForRest(this.#kernel, this.#coordinator, { ...checked, signal: this.#endingWith(checked.signal) });
  };

  interrupt: Sessions["interrupt"] = async (query) => {
    const checked = this.#check(argumentSchemas.interrupt, query, "interrupt");
    return requestInterrupt(this.#kernel, this.#coordinator, checked);
  };

  resume: Sessions["resume"] = async (query) => {
    const { sessionId } = this.#check(argumentSchemas.session, query, "resume");
    let snapshot = await this.#snapshot(sessionId);
    if (await expireDueAsks(this.#kernel, snapshot)) snapshot = await this.#snapshot(sessionId);
    assertNotReplica({ sessionId, events: [] }, snapshot.replica);
    const isOpen = snapshot.execution?.state === "open";
    if (!isOpen && snapshot.inputs.length === 0) return { status: "nothing-to-do" };
    const isRunning = isOpen && (await this.#coordinator.ownerOf(snapshot)) === "alive";
    // Whoever is asked has to answer first; a living owner is watched, for what was only recorded.
    const isWatched = isRunning && snapshot.inputs.some(({ awake }) => awake === 0);
    if (isAsking(snapshot) && !isWatched) return { status: "nothing-to-do" };
    this.#coordinator.wake(sessionId, { kind: "resume", atSeq: snapshot.head.seq });
    // So that whoever waits right after this does not find the session still at rest.
    if (!isOpen) await untilTakenUp(this.#kernel, this.#coordinator, sessionId);
    return { status: isRunning ? "joined" : "started" };
  };

  recovery: Sessions["recovery"] = async (query) =>
    recoveryInfo(this.#kernel, this.#coordinator, this.#check(argumentSchemas.session, query, "recovery").sessionId);

  export: Sessions["export"] = (query): AsyncIterable<string> => ({
    [Symbol.asyncIterator]: () =>
      exportSession(this.#kernel.services, this.#check(argumentSchemas.session, query, "export").sessionId),
  });

  import: Sessions["import"] = async (session) =>
    importSession(this.#kernel.services, this.#check(argumentSchemas.import, session, "import"));

  release: Sessions["release"] = async (query) =>
    releaseSession(this.#kernel, this.#check(argumentSchemas.session, query, "release").sessionId);

  fork: Sessions["fork"] = async (options) => {
    const row = await forkSession(this.#kernel, this.#check(argumentSchemas.fork, options, "fork"));
    return toSessionInfo(this.#store, row);
  };

  get #store() {
    return this.#kernel.services.store;
  }

  async #snapshot(sessionId: SessionId): Promise<SessionSnapshot> {
    const snapshot = await this.#store.snapshot(sessionId);
    if (snapshot === null) throw await noSession(this.#store, sessionId);
    return snapshot;
  }

  #check<TSchema extends z.ZodType>(schema: TSchema, value: unknown, method: string): z.output<TSchema> {
    this.#disposal.throwIfAborted();
    return parseArguments(schema, value, `sessions.${method}`);
  }

  #endingWith(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#disposal : AbortSignal.any([this.#disposal, signal]);
  }
}
