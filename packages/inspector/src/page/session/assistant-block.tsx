import { unchanging } from "../shell/unchanging.tsx";
import { CallBlock } from "./call-block.tsx";
import { Prose } from "./prose.tsx";

import type { AssistantMessage, BlockPart, CallPart } from "@holdfast/core";
import type { OpenFragment } from "../state/live-overlay.ts";

interface AssistantBlockProps {
  readonly message: AssistantMessage;
  /** What of it is not durable yet. */
  readonly fragments: readonly OpenFragment[];
  /** What its running calls reported last, a line for each part. */
  readonly progress: string;
}

/** What a model answered: its blocks and calls in their order, and over them what is just being written. */
export const AssistantBlock = unchanging(({ message, fragments, progress }: AssistantBlockProps) => {
  const reports = progress.split("\n");
  return (
    <article class="message assistant" aria-label={`${message.agent}, ${message.model.id}`}>
      {inPlace(message.content, fragments).map((piece) =>
        "kind" in piece ? (
          <Fragment key={`open-${piece.position}`} fragment={piece} />
        ) : (
          <Part key={piece.position} part={piece} report={reports[message.content.indexOf(piece)]} />
        ),
      )}
      <Ending message={message} isWriting={fragments.length > 0} />
    </article>
  );
});

/** By position: what is open may stand before what has ended. */
const inPlace = (
  parts: readonly (BlockPart | CallPart)[],
  fragments: readonly OpenFragment[],
): readonly (BlockPart | CallPart | OpenFragment)[] =>
  [...parts, ...fragments].toSorted((left, right) => left.position - right.position);

const Part = ({ part, report }: { readonly part: BlockPart | CallPart; readonly report: string | undefined }) => {
  if (part.type === "call") return <CallBlock part={part} report={report} />;
  if (part.type === "text")
    return (
      <>
        <Prose text={part.text} />
        {part.cut === true ? <p class="quiet">cut here</p> : null}
      </>
    );
  return (
    <details class="reasoning">
      <summary>Reasoning</summary>
      <Prose text={part.text} />
    </details>
  );
};

const Fragment = ({ fragment: { kind, text, name } }: { readonly fragment: OpenFragment }) => {
  if (kind === "text") return <Prose text={text} isOpen />;
  if (kind === "reasoning")
    return (
      <details class="reasoning live">
        <summary>Reasoning…</summary>
        <Prose text={text} isOpen />
      </details>
    );
  return (
    <div class="call writing">
      <div class="call-line">
        <span class="call-state" aria-hidden="true" />
        <code class="call-name">{name}</code>
        <span class="call-gist">{text.slice(-200)}</span>
      </div>
    </div>
  );
};

const Ending = ({ message, isWriting }: { readonly message: AssistantMessage; readonly isWriting: boolean }) => {
  const { status, failure, retryTime, content } = message;
  if (status === "open" && !isWriting && content.length === 0)
    return <p class="quiet thinking">Waiting for the model…</p>;
  if (failure === undefined) return null;
  return (
    <p class="failure">
      <code>{failure.class}</code> {failure.message}
      {retryTime === undefined ? "" : ` Tried again at ${new Date(retryTime).toLocaleTimeString("en-GB")}.`}
    </p>
  );
};
