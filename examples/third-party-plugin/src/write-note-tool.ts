// #region write
import { defineTool } from "@holdfast/core/tool";
import * as z from "zod";

import { noteNameSchema } from "./note-name.ts";

import type { Tool } from "@holdfast/core/tool";
import type { NoteFolder } from "./note-folder.ts";

/** Writes a note. To write it again is harmless, so that a crash in between costs nothing. */
export const createWriteNoteTool = (place: NoteFolder, beforeWrite?: (name: string) => Promise<void>): Tool =>
  defineTool({
    name: "write_note",
    description: "Writes a note, in place of the one of its name.",
    input: z.object({ name: noteNameSchema, text: z.string().max(10_000) }),
    output: z.string(),
    replay: "safe",
    // Looks and asks, and changes nothing. What it returns is durable before `execute` starts.
    prepare: async ({ name, text }, ctx) => {
      await ctx.permission.assert({ action: "write_note", resources: [name], preview: { text } });
      return { name };
    },
    execute: async ({ name, text }, ctx) => {
      await beforeWrite?.(name);
      ctx.signal.throwIfAborted();
      await place.write(name, text);
      return `Wrote the note ${name}.`;
    },
  });
// #endregion write
