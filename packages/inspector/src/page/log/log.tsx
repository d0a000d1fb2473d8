import { useState } from "preact/hooks";

import { boundaries } from "../state/boundaries.ts";
import { EventRow } from "./event-row.tsx";

import type { DurableEvent } from "@holdfast/core/event";

/** Events that are drawn at first, and more with each click. */
const shownAtOnce = 200;

/** The log of a session, newest first, each event with the boundary that it marks. */
export const Log = ({ events }: { readonly events: readonly DurableEvent[] }) => {
  const [shown, setShown] = useState(shownAtOnce);
  const [isBrief, setBrief] = useState(false);
  const told = isBrief ? events.filter(isOfNote) : events;
  const newest = told.slice(-shown).toReversed();
  return (
    <aside class="log" aria-label="Log">
      <header class="bar">
        <h2>Log</h2>
        <span class="quiet">{events.length} events</span>
        <label class="toggle">
          <input type="checkbox" checked={isBrief} onChange={(event) => setBrief(event.currentTarget.checked)} />
          boundaries
        </label>
      </header>
      <ol class="events" tabIndex={0} aria-label="Events, newest first">
        {newest.map((event) => (
          <EventRow key={event.seq} event={event} />
        ))}
        {told.length > shown ? (
          <li>
            <button type="button" class="more" onClick={() => setShown(shown + shownAtOnce)}>
              {told.length - shown} earlier
            </button>
          </li>
        ) : null}
      </ol>
    </aside>
  );
};

const isOfNote = ({ type }: DurableEvent): boolean => type in boundaries || type === "execution.recovered";
