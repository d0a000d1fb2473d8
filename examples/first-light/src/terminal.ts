import { createInterface } from "node:readline";

/** Where a person is asked: shown a text, and read a line of. */
export interface Terminal extends Disposable {
  /** Shows a text, and resolves with the next line; undefined where there is none any more. */
  readonly ask: (text: string) => Promise<string | undefined>;
}

/** A terminal on a program's own input and output. Lines that came early wait for their question. */
export const openTerminal = (input: NodeJS.ReadableStream, write: (text: string) => void): Terminal => {
  const reader = createInterface({ input });
  const lines = reader[Symbol.asyncIterator]();
  return {
    ask: async (text) => {
      write(text);
      const line = await lines.next();
      return line.done === true ? undefined : line.value.trim();
    },
    [Symbol.dispose]: () => reader.close(),
  };
};
