import { HoldfastError } from "@holdfast/core";
import { argumentSchemas } from "@holdfast/core/arguments";
import { characterBoundary, fromOutputRef } from "@holdfast/core/tool";

import type { Holdfast } from "@holdfast/core";
import type { FakeKernel } from "./fake-kernel.ts";

/** What was kept of outputs. */
export const fakeOutputs = (kernel: FakeKernel): Holdfast["outputs"] => ({
  read: async (query) => {
    const { sessionId, ref, offset, limit } = kernel.check(argumentSchemas.output, query, "read");
    const key = fromOutputRef(ref);
    const page = key?.sessionId === sessionId ? await kernel.store.readOutput(key, { offset, limit }) : null;
    if (page === null) throw new HoldfastError("output.not-found", { message: `There is no output ${ref} here.` });
    const end =
      page.bytes.length + offset < page.size ? characterBoundary(page.bytes, page.bytes.length - 4) : page.bytes.length;
    return { text: decoder.decode(page.bytes.subarray(0, end)), offset, end: offset + end, size: page.size };
  },
});

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
