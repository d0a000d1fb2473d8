import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { AssistantBlock } from "./assistant-block.tsx";
import { MarkerBlock } from "./marker-block.tsx";
import { SystemBlock } from "./system-block.tsx";
import { UserBlock } from "./user-block.tsx";

import type { Message } from "@holdfast/core";
import type { Marker, SessionView } from "../state/session-view.ts";

/** Messages that are drawn at first, and more with each click. */
const shownAtOnce = 100;
/** So near to the end the reader is taken to be following it, in pixels. */
const nearPx = 80;

/** What was said and done, oldest first. It follows its end until the reader leaves it. */
export const Transcript = ({ view, version }: { readonly view: SessionView; readonly version: number }) => {
  const [shown, setShown] = useState(shownAtOnce);
  const scroller = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [isAway, setAway] = useState(false);
  const entries = useMemo(() => inOrder(view.messages, view.markers), [view, version]);
  const hidden = Math.max(0, entries.length - shown);

  const toEnd = (): void => {
    const element = scroller.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    if (isFollowing.current) toEnd();
  }, [version]);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    // Where an ask or the log takes room away, the end is still what is followed.
    const observer = new ResizeObserver(() => {
      if (isFollowing.current) toEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const onScroll = (): void => {
    const element = scroller.current;
    if (element === null) return;
    isFollowing.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx;
    setAway(!isFollowing.current);
  };

  return (
    <div class="transcript-frame">
      <div
        class="transcript"
        ref={scroller}
        onScroll={onScroll}
        role="log"
        aria-label="Transcript"
        aria-busy={view.isBusy}
        tabIndex={0}
      >
        {hidden === 0 ? null : (
          <button type="button" class="more" onClick={() => setShown(shown + shownAtOnce)}>
            {hidden} earlier
          </button>
        )}
        {entries.slice(hidden).map((entry) => (
          <Entry key={keyOf(entry)} entry={entry} view={view} />
        ))}
        {view.pending.map((message) => (
          <UserBlock key={message.messageId} message={message} isPending />
        ))}
        {entries.length === 0 && view.pending.length === 0 ? <p class="quiet empty">Nothing was said yet.</p> : null}
      </div>
      {isAway ? (
        <button type="button" class="to-end" onClick={toEnd}>
          To the end ↓
        </button>
      ) : null}
    </div>
  );
};

type TranscriptEntry = Message | Marker;

const inOrder = (messages: readonly Message[], markers: readonly Marker[]): readonly TranscriptEntry[] =>
  [...messages, ...markers].toSorted((left, right) => left.seq - right.seq);

const keyOf = (entry: TranscriptEntry): string => ("type" in entry ? entry.id : entry.messageId);

const Entry = ({ entry, view }: { readonly entry: TranscriptEntry; readonly view: SessionView }) => {
  if ("type" in entry) return <MarkerBlock event={entry} />;
  if (entry.role === "user") return <UserBlock message={entry} isPending={false} />;
  if (entry.role === "system") return <SystemBlock message={entry} />;
  const progress = entry.content
    .map((part) => (part.type === "call" ? view.overlay.progressOf(part.callId) : ""))
    .join("\n");
  return <AssistantBlock message={entry} fragments={view.overlay.of(entry.messageId)} progress={progress} />;
};
