import { createMemoryStore } from "@holdfast/testkit";
import { createCrash, withCrash } from "@holdfast/testkit/contract";

import type { StoreSubject } from "@holdfast/testkit/contract";

/** The memory store, and what can go wrong with it. */
export const memorySubject: StoreSubject = {
  create: async () => createMemoryStore(),
  faults: {
    crashAt: async (place) => {
      const crash = createCrash(place);
      const store = createMemoryStore({ faults: crash });
      const open = async () => {
        crash.end();
        if (crash.place !== null) return store;
        await store[Symbol.asyncDispose]();
        return null;
      };
      return { store: withCrash(store, crash), arm: crash.arm, open };
    },
  },
  notRun: {
    makeBusy: "it is of one process, whose writes are each one step",
    fill: "its room is the process's memory",
    breakReads: "it reads nothing but memory",
    slowDown: "it writes to no disk",
  },
};
