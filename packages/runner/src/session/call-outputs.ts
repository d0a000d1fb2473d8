import { HoldfastError } from "@holdfast/core";

import { readOutput } from "../output/read-output.ts";

import type { CallOutputs } from "@holdfast/core/tool";
import type { KeptOutput } from "./kept-output.ts";
import type { Kernel } from "./kernel.ts";
import type { Lane } from "./lane.ts";

const maxBytes = 51_200;

/** What `ctx.outputs` does for one call: it keeps the call's own, and reads those of its session. */
export const callOutputs = ({ services, outputs }: Kernel, lane: Lane, { keep }: KeptOutput): CallOutputs => ({
  keep,
  read: async (ref, { offset = 0, limit = maxBytes } = {}) => {
    if (!isWithin(offset, 0, Number.MAX_SAFE_INTEGER) || !isWithin(limit, 1, maxBytes)) {
      throw new HoldfastError("argument.invalid", {
        message: `Expected an offset from 0 and a limit of 1 to ${maxBytes}, found ${offset} and ${limit}. Read the output in smaller windows.`,
        data: { offset, limit },
      });
    }
    return readOutput(services.store, outputs, { sessionId: lane.work.sessionId, ref, offset, limit });
  },
});

const isWithin = (value: number, least: number, most: number): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= most;
