import { definePlugin } from "@holdfast/core/plugin";
import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import type { ToolDefinition } from "@holdfast/core/tool";
import type { CallWatch, ToolSubject, ToolWorld } from "@holdfast/testkit/contract";

/** A service that keeps notes, and takes each key once. */
export interface NoteService {
  read(name: string): Promise<string | undefined>;
  put(note: { readonly key: string; readonly name: string; readonly text: string }): Promise<void>;
}

const inputSchema = z.strictObject({
  name: z.string().min(1).describe("The note's name"),
  text: z.string().describe("What it says"),
});
const outputSchema = z.strictObject({ name: z.string(), characters: z.int() });
const effectSchema = z.object({ name: z.string(), text: z.string() });

export type NoteTool = ToolDefinition<
  z.infer<typeof inputSchema>,
  z.infer<typeof outputSchema>,
  z.infer<typeof effectSchema>
>;
/** What a mutant does in another way. */
export type NoteChange = (service: NoteService, tool: NoteTool, notes: Map<string, string>) => Partial<NoteTool>;

/** A tool that adds to a note, so that doing it twice would show. */
const noteTool = (service: NoteService): NoteTool => ({
  name: "note",
  description: "Adds a text to the end of a note of a name.",
  input: inputSchema,
  output: outputSchema,
  replay: "keyed",
  prepare: async ({ name, text }, ctx) => {
    await ctx.permission.assert({ action: "note", resources: [name] });
    const found = await service.read(name).catch((error: unknown) => {
      throw new ToolFailure(`The note ${name} cannot be read.`, { cause: error });
    });
    if (found?.endsWith("(closed)") === true) throw new ToolFailure(`The note ${name} is closed.`);
    return { name, text };
  },
  execute: async (_input, ctx) => {
    const { name, text } = effectSchema.parse(ctx.effect);
    ctx.signal.throwIfAborted();
    await service.read(name);
    ctx.signal.throwIfAborted();
    await service.put({ key: ctx.effectKey, name, text });
    return { name, characters: text.length };
  },
});

class NoteWorld implements ToolWorld {
  readonly directory = "/notes";
  readonly notes = new Map<string, string>();
  readonly #keys = new Set<string>();
  readonly #change: NoteChange;

  constructor(change: NoteChange) {
    this.#change = change;
  }

  plugin(watch: CallWatch) {
    const service: NoteService = {
      read: (name) => watch.around("read", async () => this.notes.get(name)),
      put: ({ key, name, text }) =>
        watch.around("put", async () => {
          if (!this.#keys.has(key)) this.notes.set(name, (this.notes.get(name) ?? "") + text);
          this.#keys.add(key);
        }),
    };
    const tool = noteTool(service);
    return definePlugin({
      name: "notes",
      setup: (ctx) => {
        ctx.tools.register(defineTool({ ...tool, ...this.#change(service, tool, this.notes) }));
      },
    });
  }

  async snapshot() {
    return Object.fromEntries(this.notes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.notes.clear();
  }
}

/** A subject of the note tool, with a change to it. */
export const noteSubject = (change: NoteChange = () => ({})): ToolSubject<NoteWorld> => ({
  tool: "note",
  replay: "keyed",
  open: async () => new NoteWorld(change),
  invalid: [{}, { name: "", text: "a" }, { name: "a", text: 1 }],
  cases: [
    {
      name: "a note that is there",
      input: { name: "a", text: "two" },
      setup: ({ notes }) => void notes.set("a", "one"),
      otherwise: [({ notes }) => void notes.set("a", "one (closed)")],
    },
  ],
});
