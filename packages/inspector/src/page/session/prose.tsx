import { unchanging } from "../shell/unchanging.tsx";

const fence = /^```([^\n`]*)\n([\s\S]*?)(?:^```[ \t]*$|(?![\s\S]))/gm;
const inlineCode = /(`[^`\n]+`|\*\*[^*\n]+\*\*)/g;

/** A text as a model wrote it: blocks of code and what stands in backticks are set as code, and all else as it is. */
export const Prose = unchanging(({ text, isOpen = false }: { readonly text: string; readonly isOpen?: boolean }) => (
  <div class={isOpen ? "prose open" : "prose"}>
    {toPieces(text).map((piece, index) =>
      piece.isCode ? (
        <pre key={index} tabIndex={0}>
          <code>{piece.text}</code>
        </pre>
      ) : (
        <p key={index}>
          {piece.text.split(inlineCode).map((part) => {
            if (part.length > 2 && part.startsWith("`")) return <code>{part.slice(1, -1)}</code>;
            return part.length > 4 && part.startsWith("**") && part.endsWith("**") ? <b>{part.slice(2, -2)}</b> : part;
          })}
        </p>
      ),
    )}
  </div>
));

interface Piece {
  readonly isCode: boolean;
  readonly text: string;
}

const toPieces = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(fence)) {
    pieces.push(
      { isCode: false, text: text.slice(end, match.index).trim() },
      { isCode: true, text: (match[2] ?? "").trimEnd() },
    );
    end = match.index + match[0].length;
  }
  pieces.push({ isCode: false, text: text.slice(end).trim() });
  return pieces.filter((piece) => piece.isCode || piece.text !== "");
};
