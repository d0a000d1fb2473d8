import { clockTime } from "../shell/time.ts";
import { unchanging } from "../shell/unchanging.tsx";
import { boundaries, boundaryTitles } from "../state/boundaries.ts";
import { eventGist } from "./event-gist.ts";
import { ResumeReceipt } from "./resume-receipt.tsx";

import type { DurableEvent } from "@holdfast/core/event";

/** One event of the log: opened, its whole data. */
export const EventRow = unchanging(({ event }: { readonly event: DurableEvent }) => {
  const boundary = boundaries[event.type];
  return (
    <li class={event.type === "execution.recovered" ? "event recovered" : "event"}>
      <details>
        <summary>
          <span class="seq">{event.seq}</span>
          {boundary === undefined ? (
            <span class="boundary none" />
          ) : (
            <abbr class={`boundary ${boundary}`} title={boundaryTitles[boundary]}>
              {boundary}
            </abbr>
          )}
          <span class="event-type">{event.type}</span>
          <span class="event-gist">{eventGist(event)}</span>
        </summary>
        <p class="quiet event-facts">
          <time dateTime={new Date(event.time).toISOString()}>{clockTime(event.time)}</time>
          {event.fence === null ? null : <span>fence {event.fence}</span>}
          <code title={event.hash}>{event.hash.slice(0, 12)}…</code>
        </p>
        <pre tabIndex={0}>
          <code>{JSON.stringify(event.data, null, 2)}</code>
        </pre>
      </details>
      {event.type === "execution.recovered" ? <ResumeReceipt event={event} /> : null}
    </li>
  );
});
