import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The notes of one Location: files in a folder of its own. */
export class NoteFolder {
  readonly #path: string;

  constructor(directory: string, folder: string) {
    this.#path = join(directory, folder);
  }

  /** What a note says; undefined where there is none. */
  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.#file(name), "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  /** Names of the first 100 notes; none where there is no folder. */
  async list(): Promise<readonly string[]> {
    try {
      const files = await readdir(this.#path);
      const names = files.filter((file) => file.endsWith(".md")).map((file) => file.slice(0, -".md".length));
      return names.toSorted().slice(0, 100);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(this.#path, { recursive: true });
    await writeFile(this.#file(name), text);
  }

  #file(name: string): string {
    return join(this.#path, `${name}.md`);
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";
