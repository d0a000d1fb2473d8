import { ResumeReceipt } from "../log/resume-receipt.tsx";
import { Prose } from "./prose.tsx";

import type { Marker } from "../state/session-view.ts";

/** What happened between the messages: a recovery, a request to stop, an end that is no answer. */
export const MarkerBlock = ({ event }: { readonly event: Marker }) => {
  switch (event.type) {
    case "execution.recovered":
      return <ResumeReceipt event={event} />;
    case "interrupt.requested":
      return (
        <p class="marker">
          Asked to stop{event.data.reason === undefined ? "" : `: ${event.data.reason}`}{" "}
          <span class="seq">#{event.seq}</span>
        </p>
      );
    case "execution.ended":
      return (
        <p class={`marker ended ${event.data.outcome}`}>
          {event.data.outcome}
          {event.data.failure === undefined ? "" : `: ${event.data.failure.message}`}{" "}
          <span class="seq">#{event.seq}</span>
        </p>
      );
    case "compaction.ended":
      return (
        <details class="message aside">
          <summary>
            Compacted: a summary of all up to <span class="seq">#{event.data.throughSeq}</span>,{" "}
            {event.data.tokens.before.toLocaleString("en")} tokens to {event.data.tokens.after.toLocaleString("en")}
          </summary>
          <Prose text={event.data.summary} />
        </details>
      );
    case "compaction.failed":
      return (
        <p class="marker failed">
          Not compacted: {event.data.failure.message} <span class="seq">#{event.seq}</span>
        </p>
      );
    default:
      return event satisfies never;
  }
};
