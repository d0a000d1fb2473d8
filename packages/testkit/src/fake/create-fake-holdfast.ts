import { argumentSchemas } from "@holdfast/core/arguments";

import { fakeAsks } from "./fake-asks.ts";
import { fakeInbox } from "./fake-inbox.ts";
import { FakeKernel } from "./fake-kernel.ts";
import { FakeLane } from "./fake-lane.ts";
import { fakeModels } from "./fake-models.ts";
import { fakeOutputs } from "./fake-outputs.ts";
import { fakeReading } from "./fake-reading.ts";
import { fakeRecords } from "./fake-records.ts";
import { fakeTransfer } from "./fake-transfer.ts";
import { fakeWork } from "./fake-work.ts";

import type { Holdfast } from "@holdfast/core";
import type { FakeOptions } from "./fake-options.ts";

/**
 * A facade in memory, for tests of what is built on one: a page, a bot, a server. Answers come from a script, tools and asks are as they are
 * in a runtime, and the cursors, logs and errors are real. What needs a runtime it does not do: no request is made twice, nothing is bounded
 * by a budget or compacted, plugins and hooks are not set up, what tools attach is dropped, and nothing outlives it.
 */
export const createFakeHoldfast = (options: FakeOptions): Holdfast => {
  const kernel = new FakeKernel(options, (own, sessionId) => new FakeLane(own, sessionId));
  return {
    sessions: {
      ...fakeRecords(kernel),
      ...fakeInbox(kernel),
      ...fakeReading(kernel),
      ...fakeWork(kernel),
      ...fakeTransfer(kernel),
    },
    asks: fakeAsks(kernel),
    outputs: fakeOutputs(kernel),
    locations: {
      list: async () => {
        kernel.disposal.throwIfAborted();
        return [];
      },
      files: async (query) => {
        const { path } = kernel.check(argumentSchemas.files, query, "files");
        return { path, entries: [], truncated: false };
      },
    },
    models: { list: async () => fakeModels(kernel) },
    [Symbol.asyncDispose]: () => kernel.dispose(),
  };
};
