import type { Mutant } from "./mutant.ts";

/** Wrong programs on both ends of the wire. */
export const wireMutants: readonly Mutant[] = [
  {
    name: "tell an event again after a reconnect",
    edits: [
      {
        file: "packages/sdk/src/event-order.ts",
        find: "if (event.seq <= this.#lastSeq) return nothing;",
        replace: "if (event.seq < this.#lastSeq) return nothing;",
      },
    ],
    caughtBy: { file: "packages/sdk/test/events.test.ts", title: "that are sent again are not told again" },
  },
  {
    name: "prompt again over the wire without an identity",
    edits: [
      {
        file: "packages/sdk/src/client-sessions.ts",
        find: "isRepeatable: (prompt?.id ?? prompt?.idempotencyKey) !== undefined,",
        replace: "isRepeatable: true,",
      },
    ],
    caughtBy: {
      file: "packages/sdk/test/calls.test.ts",
      title: "a prompt without an identity is sent once, and it is told that nobody knows what became of it",
    },
  },
  {
    name: "tell a frame again to a stream that joins others",
    edits: [{ file: "packages/http/src/stream/session-hub.ts", find: "slice(index + 1)", replace: "slice(index)" }],
    caughtBy: {
      file: "packages/http/test/joining.test.ts",
      title:
        "streams that come, go and come again at any moment are told every event after their cursor once, in order",
    },
  },
  {
    name: "tell a stream that joins what it was told already",
    edits: [
      {
        file: "packages/http/src/stream/session-hub.ts",
        find: "    this.#batch.flush();\n    if (at === this.#cursor)",
        replace: "    if (at === this.#cursor)",
      },
    ],
    caughtBy: {
      file: "packages/http/test/joining.test.ts",
      title:
        "streams that come, go and come again at any moment are told every event after their cursor once, in order",
    },
  },
  {
    name: "answer to a name that was bound to loopback",
    edits: [
      {
        file: "packages/http/src/security/check-place.ts",
        find: "if (!isOurs) throw",
        replace: 'if (!isOurs && name === "") throw',
      },
    ],
    caughtBy: {
      file: "packages/http/test/security.test.ts",
      title: "a Host that is not the server's is refused, as a name that was bound to loopback would send it",
    },
  },
  {
    name: "tell clients where the store lies",
    edits: [
      {
        file: "packages/http/src/answer/opening.ts",
        find: "detail: withoutPaths(error.message)",
        replace: "detail: error.message",
      },
    ],
    caughtBy: {
      file: "packages/http/test/readiness.test.ts",
      title:
        "a server whose store could not be opened starts, and says on every route why, and what to do, but not where the file is",
    },
  },
];
