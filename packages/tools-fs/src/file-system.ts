/** What kind of thing stands at a path. */
export type FileKind = "file" | "directory" | "link" | "other";

/** What is known of a file or directory without opening it. */
export interface FileStat {
  readonly kind: FileKind;
  /** Together they tell it from every other one, in decimal: they may be larger than a number can say exactly. */
  readonly device: string;
  readonly inode: string;
  readonly size: number;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Changes with its content: nanoseconds of its last modification, in decimal. */
  readonly modified: string;
}

/** A file that is open for reading. */
export interface ReadHandle extends AsyncDisposable {
  stat(): Promise<FileStat>;
  /** Reads from a position on, at most what fits, and resolves with how many bytes; 0 at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
}

/** What a new file is made with. */
export interface NewFile {
  readonly content: Uint8Array;
  /** Permission bits; those of the process's mask are not taken off. */
  readonly mode: number;
  /** Kept where the system lets us. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
}

/**
 * The files that the tools work on: this machine's by default, or another's, where a host runs its tools elsewhere. Paths are absolute.
 * What fails rejects with an error that has Node's `code`: ENOENT, EEXIST, EACCES, ENOSPC, …
 */
export interface FileSystem {
  /** The path with every link followed. */
  realpath(path: string): Promise<string>;
  /** Of what a path leads to, links followed. Opens nothing, so that a pipe without a writer cannot make it wait. */
  stat(path: string): Promise<FileStat>;
  /** Opens for reading: follows no link in the last name, and waits for no writer of a pipe. */
  openRead(path: string): Promise<ReadHandle>;
  /** What stands in a directory; links are not followed. Leaving the loop closes it. */
  list(path: string): AsyncIterable<{ readonly name: string; readonly kind: FileKind }>;
  /** Rejects where the process may not write to it. */
  assertWritable(path: string): Promise<void>;
  /** Makes a directory that must not be there yet, in one that is. */
  makeDirectory(path: string): Promise<void>;
  /** Removes a directory that has nothing in it. */
  removeDirectory(path: string): Promise<void>;
  /** Makes a file that must not be there yet. Its content is on the disk when this resolves. */
  createFile(path: string, file: NewFile): Promise<void>;
  /** Gives a file another name, in place of whatever has that name. */
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name, which nothing may have yet. */
  link(from: string, to: string): Promise<void>;
  /** Removes a name; of a file, or of nothing. */
  remove(path: string): Promise<void>;
  /** Makes the names in a directory durable, where the system can. */
  syncDirectory(path: string): Promise<void>;
}
