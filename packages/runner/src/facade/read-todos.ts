import { HoldfastError, parseJson } from "@holdfast/core";
import { todoListSchema } from "@holdfast/core/event";

import { noSession } from "./no-session.ts";

import type { SessionId } from "@holdfast/core";
import type { Todo } from "@holdfast/core/event";
import type { Store } from "@holdfast/core/store";

/** The todos of a session, as they were written last. */
export const readTodos = async (store: Store, sessionId: SessionId): Promise<readonly Todo[]> => {
  const row = await store.todo(sessionId);
  if (row === null) {
    if ((await store.session(sessionId)) === null) throw await noSession(store, sessionId);
    return [];
  }
  const json = parseJson(row.items);
  const items = json.ok ? todoListSchema.safeParse(json.value) : null;
  if (items?.success === true) return items.data;
  throw new HoldfastError("store.corrupt", {
    message: `Expected the todos of session ${sessionId} as JSON, found damage. Keep the file, and restore it from a backup, or the session from an export.`,
    data: { sessionId, seq: row.seq },
  });
};
