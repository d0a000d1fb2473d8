import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

/** The most that the SDK may weigh, gzipped, bundled and minified with what it needs: 10 kB. */
const mostBytes = 10_000;

/** Bytes of an entry as a browser would load it: bundled, minified and gzipped. */
export const sdkBytes = async (root: string): Promise<number> => {
  const { outputFiles } = await build({
    entryPoints: [join(root, "packages/sdk/src/index.ts")],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "silent",
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).byteLength;
};

/** Whether the SDK is as small as it is promised to be. The figure is printed, so that its growth is seen before it is too much. */
export const checkSdkSize = async (root: string): Promise<readonly string[]> => {
  const bytes = await sdkBytes(root);
  process.stdout.write(`       @holdfast/sdk: ${bytes} bytes gzipped, of at most ${mostBytes}\n`);
  return bytes <= mostBytes
    ? []
    : [
        `packages/sdk weighs ${bytes} bytes bundled, minified and gzipped, and may weigh ${mostBytes}: take something out`,
      ];
};
