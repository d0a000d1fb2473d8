import { defineTool, ToolFailure } from "@holdfast/core/tool";
import * as z from "zod";

import { noteNameSchema } from "./note-name.ts";

import type { Tool } from "@holdfast/core/tool";
import type { NoteFolder } from "./note-folder.ts";

/** Reads a note. */
export const createReadNoteTool = (place: NoteFolder): Tool =>
  defineTool({
    name: "read_note",
    description: "Reads a note.",
    input: z.object({ name: noteNameSchema }),
    output: z.string(),
    replay: "safe",
    prepare: async ({ name }, ctx) => {
      await ctx.permission.assert({ action: "read_note", resources: [name] });
      return { name };
    },
    execute: async ({ name }) => {
      const text = await place.read(name);
      // What the model should read. Anything else that is thrown is a defect.
      if (text === undefined) throw new ToolFailure(`There is no note ${name}. Write it first.`);
      return text;
    },
  });
