// #region plugin
import { isJsonObject } from "@holdfast/core";
import { definePlugin } from "@holdfast/core/plugin";

import { NoteFolder } from "./note-folder.ts";
import { createNotesSource } from "./notes-source.ts";
import { createReadNoteTool } from "./read-note-tool.ts";
import { createWriteNoteTool } from "./write-note-tool.ts";

import type { Plugin } from "@holdfast/core/plugin";

/** What a host may choose. */
export interface NotesOptions {
  /** Folder of the notes, relative to the Location's directory. Default: `notes`. */
  readonly folder?: string | undefined;
  /** A note is not written while its name begins with this, before a person approved it. Default: nobody is asked. */
  readonly guarded?: string | undefined;
  /** Awaited right before a note is written, for instance to keep a copy of what it says now. Default: nothing is done. */
  readonly beforeWrite?: ((name: string) => Promise<void>) | undefined;
}

/** A plugin with tools to write and to read notes, which tells the model which there are. */
export const notes = ({ folder = "notes", guarded, beforeWrite }: NotesOptions = {}): Plugin =>
  definePlugin({
    name: "holdfast-plugin-notes",
    version: "0.1.0",
    setup: (ctx) => {
      const place = new NoteFolder(ctx.location.directory, folder);
      ctx.tools.register(createWriteNoteTool(place, beforeWrite));
      ctx.tools.register(createReadNoteTool(place));
      ctx.context.register(createNotesSource(place));
      if (guarded === undefined) return;
      // It may only tighten: what the rules or another plugin denied stays denied.
      ctx.hooks.toolCallAuthorizing.tapPromise((call) => {
        const name = isJsonObject(call.input) ? call.input["name"] : undefined;
        const isGuarded = call.tool === "write_note" && typeof name === "string" && name.startsWith(guarded);
        return isGuarded ? { ...call, effect: "ask" } : undefined;
      });
    },
  });
// #endregion plugin
