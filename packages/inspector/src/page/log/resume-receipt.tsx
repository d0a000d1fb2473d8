import type { CallVerdict, DurableEvent } from "@holdfast/core/event";

const meanings: Readonly<Record<CallVerdict, string>> = {
  run: "had not begun; runs from the top, under today's rules",
  repeat: "had begun; safe to repeat, begins again with the recorded effect",
  happened: "its tool looked, and found that it did happen",
  asked: "a person has to say what became of it",
  unanswered: "its provider was to run it, and gave no result",
  unknown: "had begun; may have happened, and is not repeated",
  stale: "its tool is another one now; not run",
  cancelled: "the execution was asked to stop; not run",
};

/** The resume receipt: who was taken over from and why, which boundary was trusted, and what became of every open call. */
export const ResumeReceipt = ({ event }: { readonly event: DurableEvent<"execution.recovered"> }) => {
  const { previous, trusted, calls, inputs, owner, recovery } = event.data;
  return (
    <section class="receipt" aria-label="Resume receipt">
      <header>
        <h3>Resume receipt</h3>
        <span class="seq">#{event.seq}</span>
      </header>
      <dl>
        <dt>Taken over</dt>
        <dd>
          from {previous.owner === null ? "an owner that let go" : <code>{previous.owner}</code>}, fence{" "}
          {previous.fence}
        </dd>
        <dt>Because</dt>
        <dd>{previous.reason}</dd>
        <dt>By</dt>
        <dd>
          <code>{owner}</code>, <span class="whole">fence {event.fence}</span>
          {recovery > 1 ? `, ${recovery} times in a row` : ""}
        </dd>
        <dt>Trusted</dt>
        <dd>
          all up to <span class="seq">#{trusted.seq}</span>, <code>{trusted.hash.slice(0, 12)}…</code>
        </dd>
        {inputs.length === 0 ? null : (
          <>
            <dt>Inbox</dt>
            <dd>{inputs.length} kept</dd>
          </>
        )}
      </dl>
      {calls.length === 0 ? (
        <p class="quiet">No call was open.</p>
      ) : (
        <ul class="verdicts">
          {calls.map(({ callId, name, state, verdict }) => (
            <li key={callId}>
              <code>{name}</code> <span class="quiet">{state}</span> <b class={`verdict ${verdict}`}>{verdict}</b>
              <span class="meaning">{meanings[verdict]}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
