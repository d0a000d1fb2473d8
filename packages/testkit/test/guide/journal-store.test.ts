// #region subject
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createCrash, describeStore } from "@holdfast/testkit/contract";
import { afterAll } from "vitest";

import { openJournalStore } from "./journal-store.ts";

import type { Store } from "@holdfast/core/store";

const folder = mkdtempSync(join(tmpdir(), "journal-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const newPath = () => join(folder, `${(count += 1)}.jsonl`);
const paths = new WeakMap<Store, string>();

const open = async (path: string): Promise<Store> => {
  const store = openJournalStore(path);
  paths.set(store, path);
  return store;
};

const noReplicas = "it takes no imports, so it has no replicas";

describeStore("journal", {
  create: () => open(newPath()),
  reopen: (closed) => open(paths.get(closed) ?? ""),
  faults: {
    crashAt: async (place) => {
      const [path, left] = [newPath(), newPath()];
      const crash = createCrash(place, () => copyFileSync(path, left));
      const store = openJournalStore(path, crash);
      const openLeft = async () => {
        await store[Symbol.asyncDispose]();
        return crash.place === null ? null : open(left);
      };
      return { store, arm: crash.arm, open: openLeft };
    },
  },
  notRun: {
    alongside: "it is for one process",
    makeBusy: "it is for one process",
    imported: noReplicas,
    replicated: noReplicas,
    pruned: "it keeps everything",
    collected: "it keeps everything",
  },
});
// #endregion subject
