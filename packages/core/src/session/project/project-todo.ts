import { canonicalJson } from "../../json/canonical.ts";

import type { Projector } from "./projector.ts";

/** Row changes of a session's todos: the last list counts, and a call writes it only while it runs. */
export const projectTodo = {
  "todo.updated": ({ sessionId, seq, data }) => {
    const items = canonicalJson(data.items.map((item) => ({ ...item })));
    return [
      { op: "require", table: "call", where: { callId: data.callId, state: "begun" }, expect: "some" },
      { op: "insert", table: "todo", row: { sessionId, seq, items: "[]" }, orKeep: true },
      { op: "update", table: "todo", where: { sessionId }, set: { seq, items }, expect: "one" },
    ];
  },
} satisfies { readonly "todo.updated": Projector<"todo.updated"> };
