import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { describeHoldfast } from "@holdfast/testkit/contract";

import { afterAll } from "vitest";

import { serve } from "@holdfast/http";

import { plainClient } from "./plain-client.ts";

const servers = new AsyncDisposableStack();
afterAll(() => servers[Symbol.asyncDispose]());

describeHoldfast("over HTTP, on SQLite", {
  create: async ({ model, ...options }) => {
    const holdfast = await createRuntime({
      store: await openSqliteStore({ path: ":memory:" }),
      ...options,
      model: ({ id }) => (id === "unknown" ? null : { model }),
    });
    const server = servers.use(await serve({ holdfast, server: { graceMs: 0 } }));
    return {
      ...plainClient(server.url),
      // The suite asks what a facade says that was disposed of: the server still answers then, and ends with the suite.
      [Symbol.asyncDispose]: () => holdfast[Symbol.asyncDispose](),
    };
  },
});
