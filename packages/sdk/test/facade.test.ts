import { serve } from "@holdfast/http";
import { createRuntime } from "@holdfast/runner";
import { createClient } from "@holdfast/sdk";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { describeHoldfast } from "@holdfast/testkit/contract";

describeHoldfast("sdk over HTTP, on SQLite", {
  create: async ({ model, ...options }) => {
    const holdfast = await createRuntime({
      store: await openSqliteStore({ path: ":memory:" }),
      ...options,
      model: ({ id }) => (id === "unknown" ? null : { model }),
    });
    const server = await serve({ holdfast, server: { graceMs: 0 } });
    const client = createClient({ baseUrl: server.url });
    return {
      ...client,
      [Symbol.asyncDispose]: async () => {
        await client[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
        await holdfast[Symbol.asyncDispose]();
      },
    };
  },
});
