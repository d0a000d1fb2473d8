import { boundText } from "@holdfast/core/tool";

// What a person looks through before saying yes; the whole of it is in the call's input.
const limits = { lines: 200, bytes: 16 * 1024 } as const;

/** As much of a text as a person is shown who is asked about it. */
export const previewText = (text: string): string => boundText(text.toWellFormed(), "the call's input", limits).text;
