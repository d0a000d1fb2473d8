import { defineConfig } from "vitest/config";

// oxlint-disable-next-line import/no-default-export -- vitest wants it
export default defineConfig({
  test: {
    include: ["{packages,tools,examples,bench,torture}/**/*.test.ts", "tools/**/*.test.ts"],
    // Real processes and files: forks keep a crash of one file out of the others.
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 20_000,
    watch: false,
  },
});
