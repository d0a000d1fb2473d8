// The plugin: what its package exports.
export { notes } from "./notes.ts";

export type { NotesOptions } from "./notes.ts";
