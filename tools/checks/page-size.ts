import { gzipSync } from "node:zlib";

import { pageFiles } from "../../packages/inspector/src/page-files.ts";

/** The most that the inspector's page may weigh, gzipped: 32 kB for all of it, with the SDK and the UI library. */
const mostBytes = 32_000;

/** Whether the inspector's page is as small as it is promised to be. */
export const checkPageSize = async (): Promise<readonly string[]> => {
  const files = Object.values(await pageFiles()) as readonly string[];
  const bytes = files.reduce((sum, file) => sum + gzipSync(file, { level: 9 }).byteLength, 0);
  process.stdout.write(`       @holdfast/inspector: ${bytes} bytes gzipped, of at most ${mostBytes}\n`);
  return bytes <= mostBytes
    ? []
    : [`packages/inspector weighs ${bytes} bytes minified and gzipped, and may weigh ${mostBytes}: take something out`];
};
