import { parseArguments } from "@holdfast/core/arguments";

import { answerAsk } from "./answer-ask.ts";
import { argumentSchemas } from "./arguments.ts";
import { toAskInfo } from "./ask-info.ts";
import { explainPermission } from "./explain-permission.ts";
import { listAsks } from "./list-asks.ts";
import { noSession } from "./no-session.ts";

import type { Asks, SessionId } from "@holdfast/core";
import type { SessionRow } from "@holdfast/core/store";
import type * as z from "zod";
import type { Coordinator } from "../session/coordinator.ts";
import type { Kernel } from "../session/kernel.ts";

/** The asks of one runtime: checks what callers give, and hands it to whoever does the work. */
export class RuntimeAsks implements Asks {
  readonly #kernel: Kernel;
  readonly #coordinator: Coordinator;
  readonly #disposal: AbortSignal;

  /** @param disposal Aborts, with the error that is then thrown everywhere, when the runtime is disposed of. */
  constructor(kernel: Kernel, coordinator: Coordinator, disposal: AbortSignal) {
    this.#kernel = kernel;
    this.#coordinator = coordinator;
    this.#disposal = disposal;
  }

  list: Asks["list"] = async (query = {}) =>
    listAsks(this.#kernel, this.#check(argumentSchemas.listAsks, query, "list"));

  get: Asks["get"] = async (query) => {
    const { sessionId, askId } = this.#check(argumentSchemas.ask, query, "get");
    const { store } = this.#kernel.services;
    const session = await this.#session(sessionId);
    const [row] = await store.asks({ sessionId, askId, limit: 1 });
    return row === undefined ? null : toAskInfo(store, session, row);
  };

  answer: Asks["answer"] = async (answer) =>
    answerAsk(this.#kernel, this.#coordinator, this.#check(argumentSchemas.answer, answer, "answer"));

  approvals: Asks["approvals"] = async (query) => {
    const { sessionId, project } = this.#check(argumentSchemas.approvals, query, "approvals");
    const ofProject = project ?? (sessionId === undefined ? "" : (await this.#session(sessionId)).project);
    return this.#kernel.services.store.approvals({ project: ofProject });
  };

  revoke: Asks["revoke"] = async (approval) => {
    const checked = this.#check(argumentSchemas.revoke, approval, "revoke");
    return this.#kernel.services.store.revoke(checked);
  };

  explain: Asks["explain"] = async (request) =>
    explainPermission(this.#kernel, this.#check(argumentSchemas.explain, request, "explain"));

  async #session(sessionId: SessionId): Promise<SessionRow> {
    const row = await this.#kernel.services.store.session(sessionId);
    if (row === null) throw await noSession(this.#kernel.services.store, sessionId);
    return row;
  }

  #check<TSchema extends z.ZodType>(schema: TSchema, value: unknown, method: string): z.output<TSchema> {
    this.#disposal.throwIfAborted();
    return parseArguments(schema, value, `asks.${method}`);
  }
}
