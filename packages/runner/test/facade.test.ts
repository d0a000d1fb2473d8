import { createRuntime } from "@holdfast/runner";
import { openSqliteStore } from "@holdfast/store-sqlite";
import { createMemoryStore } from "@holdfast/testkit";
import { describeHoldfast } from "@holdfast/testkit/contract";

import type { Store } from "@holdfast/core/store";
import type { FacadeSubject } from "@holdfast/testkit/contract";

const over = (openStore: () => Promise<Store> | Store): FacadeSubject => ({
  create: async ({ model, ...options }) =>
    createRuntime({
      store: await openStore(),
      ...options,
      model: ({ id }) => (id === "unknown" ? null : { model }),
    }),
});

describeHoldfast(
  "runner over SQLite",
  over(() => openSqliteStore({ path: ":memory:" })),
);
describeHoldfast(
  "runner over the memory store",
  over(() => createMemoryStore()),
);
