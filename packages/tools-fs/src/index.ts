// Entry ".": for who embeds a runtime and wants its model to read, change and run things.
export { fsTools } from "./fs-tools.ts";

export { nodeFileSystem } from "./node-file-system.ts";

export type { FileKind, FileStat, FileSystem, NewFile, ReadHandle } from "./file-system.ts";
export type { FsToolName, FsToolsOptions } from "./fs-tools.ts";
