import { HoldfastError } from "@holdfast/core";
import { argumentSchemas } from "@holdfast/core/arguments";
import { isFreshFor } from "@holdfast/core/session";

import { toSessionInfo } from "./fake-session-info.ts";
import { fromPageMark, toPageMark } from "./page-mark.ts";

import type { SessionId, Sessions } from "@holdfast/core";
import type { EventDraft } from "@holdfast/core/event";
import type { FakeKernel } from "./fake-kernel.ts";

type Records = Pick<Sessions, "create" | "get" | "list" | "update" | "move" | "delete">;

/** Sessions as records: made, found, changed, deleted. */
export const fakeRecords = (kernel: FakeKernel): Records => {
  const { store } = kernel;
  const placeOf = (location: { readonly directory: string; readonly workspaceId?: string | undefined }) => {
    const { directory: named, workspaceId } = location;
    const place =
      kernel.options.place === undefined ? { directory: named, project: named } : kernel.options.place(named);
    if (place === null)
      throw new HoldfastError("location.not-found", { message: `The fake has no directory ${named}.` });
    const { directory, project } = place;
    return { location: { directory, ...(workspaceId === undefined ? {} : { workspaceId }) }, project };
  };
  const infoOf = async (sessionId: SessionId) => {
    const row = await store.session(sessionId);
    if (row === null) throw await kernel.noSession(sessionId);
    return toSessionInfo(kernel, row);
  };
  const change = async (sessionId: SessionId, event: EventDraft) => {
    await kernel.own(sessionId);
    await kernel.commit({ sessionId, events: [event] });
    return infoOf(sessionId);
  };
  return {
    create: async (options) => {
      const { id, location, parentId, agent, model, title } = kernel.check(argumentSchemas.create, options, "create");
      const sessionId = id ?? kernel.ids.next("ses");
      if (id !== undefined && (await store.session(id)) !== null) return infoOf(id);
      const place = placeOf(location);
      kernel.assertModel(model);
      const parent = parentId === undefined ? undefined : await kernel.snapshot(parentId);
      const created = kernel.draft("session.created", {
        ...place,
        agent,
        title,
        denies: [],
        ...(parent === undefined ? {} : { parentId: parent.session.sessionId, rootId: parent.session.rootId }),
        ...(model === undefined ? {} : { model }),
      });
      try {
        await kernel.commit({ sessionId, events: [created], expectedSeq: -1 });
      } catch (error) {
        // Another caller was first.
        if (id === undefined || !HoldfastError.isInstance(error, "store.sequence-conflict")) throw error;
      }
      return infoOf(sessionId);
    },
    get: async (query) => {
      const { sessionId } = kernel.check(argumentSchemas.session, query, "get");
      const row = await store.session(sessionId);
      return row === null ? null : toSessionInfo(kernel, row);
    },
    list: async (query = {}) => {
      const { directory, parentId, search, limit, page } = kernel.check(argumentSchemas.list, query, "list");
      const before = page === undefined ? undefined : fromPageMark(page);
      const found = await store.sessions({
        limit: limit + 1,
        ...(directory === undefined ? {} : { directory }),
        ...(parentId === undefined ? {} : { parentId }),
        ...(search === undefined || search === "" ? {} : { search }),
        ...(before === undefined ? {} : { before: { createdTime: before.place, sessionId: before.sessionId } }),
      });
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      return {
        sessions: await Promise.all(rows.map((row) => toSessionInfo(kernel, row))),
        ...(found.length > limit && last !== undefined ? { next: toPageMark(last.createdTime, last.sessionId) } : {}),
      };
    },
    update: async (given) => {
      const { sessionId, title, agent, model } = kernel.check(argumentSchemas.update, given, "update");
      kernel.assertModel(model);
      const data = {
        ...(title === undefined ? {} : { title }),
        ...(agent === undefined ? {} : { agent }),
        ...(model === undefined ? {} : { model }),
      };
      return change(sessionId, kernel.draft("session.updated", data));
    },
    move: async (given) => {
      const { sessionId, location } = kernel.check(argumentSchemas.move, given, "move");
      await kernel.own(sessionId);
      try {
        return await change(sessionId, kernel.draft("session.moved", placeOf(location)));
      } catch (error) {
        if (HoldfastError.isInstance(error, "store.condition-failed")) throw busy(sessionId);
        throw error;
      }
    },
    delete: async (query) => {
      const { sessionId } = kernel.check(argumentSchemas.session, query, "delete");
      for (;;) {
        const { execution, inputs, head: expected } = await kernel.own(sessionId);
        const waits = inputs.some(({ awake, seq }) => awake === 1 && isFreshFor(seq, execution));
        if (waits || execution?.state === "open") throw busy(sessionId);
        const events = [kernel.draft("session.deleted", {})];
        try {
          const { head } = await kernel.commit({ sessionId, events, expectedSeq: expected.seq });
          return { cursor: kernel.cursor(sessionId, head) };
        } catch (error) {
          if (!HoldfastError.isInstance(error, "store.sequence-conflict")) throw error;
        }
      }
    },
  };
};

const busy = (sessionId: SessionId): HoldfastError =>
  new HoldfastError("session.busy", {
    message: `Expected session ${sessionId} to be at rest, found it at work. Interrupt it, and wait for its end.`,
    data: { sessionId },
  });
