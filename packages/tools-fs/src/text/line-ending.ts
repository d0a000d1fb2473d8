/** How a text ends its lines; `mixed` where it uses both, or has but one line. */
export type LineEnding = "\n" | "\r\n" | "mixed";

/** How a text ends its lines, all of them. */
export const lineEndingOf = (text: string): LineEnding => {
  let [plain, withReturn] = [false, false];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    if (text[at - 1] === "\r") withReturn = true;
    else plain = true;
    if (plain && withReturn) return "mixed";
  }
  if (!plain && !withReturn) return "mixed";
  return plain ? "\n" : "\r\n";
};

/** A text with its lines ended like those of another; as it is, where that one has no ending of its own. */
export const withLineEnding = (text: string, ending: LineEnding): string => {
  if (ending === "mixed") return text;
  const plain = text.replaceAll("\r\n", "\n");
  return ending === "\n" ? plain : plain.replaceAll("\n", "\r\n");
};
