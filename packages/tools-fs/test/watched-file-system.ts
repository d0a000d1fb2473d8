import { nodeFileSystem } from "../src/index.ts";

import type { CallWatch } from "@holdfast/testkit/contract";
import type { FileSystem, ReadHandle } from "../src/index.ts";

/** This machine's files, with each operation under the suite's eyes. */
export const watchedFileSystem = (watch: CallWatch, files: FileSystem = nodeFileSystem): FileSystem => ({
  realpath: (path) => watch.around("realpath", () => files.realpath(path)),
  stat: (path) => watch.around("stat", () => files.stat(path)),
  openRead: async (path) => {
    const opened: ReadHandle[] = [];
    try {
      const handle = await watch.around("openRead", async () => {
        const made = await files.openRead(path);
        opened.push(made);
        return made;
      });
      return {
        stat: () => watch.around("handle.stat", () => handle.stat()),
        read: (buffer, position) => watch.around("handle.read", () => handle.read(buffer, position)),
        [Symbol.asyncDispose]: () => handle[Symbol.asyncDispose](),
      };
    } catch (error) {
      for (const handle of opened) await handle[Symbol.asyncDispose]();
      throw error;
    }
  },
  list: async function* (path) {
    await watch.around("list", async () => undefined);
    yield* files.list(path);
  },
  assertWritable: (path) => watch.around("assertWritable", () => files.assertWritable(path)),
  makeDirectory: (path) => watch.around("makeDirectory", () => files.makeDirectory(path)),
  removeDirectory: (path) => watch.around("removeDirectory", () => files.removeDirectory(path)),
  createFile: (path, file) => watch.around("createFile", () => files.createFile(path, file)),
  rename: (from, to) => watch.around("rename", () => files.rename(from, to)),
  link: (from, to) => watch.around("link", () => files.link(from, to)),
  remove: (path) => watch.around("remove", () => files.remove(path)),
  syncDirectory: (path) => watch.around("syncDirectory", () => files.syncDirectory(path)),
});
