import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

// oxlint-disable-next-line import/no-default-export -- vitest wants it
export default defineConfig({
  root: fileURLToPath(new URL("../../../..", import.meta.url)),
  test: {
    include: ["packages/*/test/browser/*.browser.ts"],
    pool: "forks",
    // One browser at a time: what is looked at are pages, and they shall be quick.
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 60_000,
    watch: false,
  },
});
