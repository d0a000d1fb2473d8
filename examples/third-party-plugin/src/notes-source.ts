// #region source
import type { ContextSource } from "@holdfast/core/plugin";
import type { NoteFolder } from "./note-folder.ts";

/** Tells the model which notes there are, and when there are others. */
export const createNotesSource = (place: NoteFolder): ContextSource<readonly string[]> => ({
  key: "notes/names",
  // Undefined where there is nothing to tell. What throws keeps what was told last.
  load: async () => {
    const names = await place.list();
    return names.length === 0 ? undefined : names;
  },
  baseline: (names) => `There are notes: ${names.join(", ")}.`,
  update: (names) => `There are other notes now: ${names.join(", ")}.`,
  removal: () => "There are no notes any more.",
});
// #endregion source
