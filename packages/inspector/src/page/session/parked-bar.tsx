import { useEffect, useState } from "preact/hooks";

import { Problem } from "../shell/problem.tsx";
import { useAction } from "../state/use-action.ts";

import type { RecoveryInfo } from "@holdfast/core";
import type { Client } from "@holdfast/sdk";

/** Says why a session is parked and what going on would do, and lets it go on. */
export const ParkedBar = ({ client, sessionId }: { readonly client: Client; readonly sessionId: string }) => {
  const [recovery, setRecovery] = useState<RecoveryInfo | undefined>(undefined);
  const { isBusy, error, run } = useAction();
  useEffect(() => {
    const leaving = new AbortController();
    client.sessions
      .recovery({ sessionId }, { signal: leaving.signal })
      // Without it the bar says less, and still resumes.
      .then(setRecovery, () => undefined);
    return () => leaving.abort();
  }, [client, sessionId]);
  return (
    <section class="dock" aria-label="Parked">
      <p>
        <b>Parked.</b> {recovery?.status === "parked" ? recovery.reason : "Nobody works on what is open."}
      </p>
      {recovery?.status === "parked" && recovery.calls.length > 0 ? (
        <ul class="verdicts">
          {recovery.calls.map(({ callId, name, state, verdict }) => (
            <li key={callId}>
              <code>{name}</code> was {state}: <b class={`verdict ${verdict}`}>{verdict}</b>
            </li>
          ))}
        </ul>
      ) : null}
      <div class="answers">
        <button
          type="button"
          class="primary"
          disabled={isBusy}
          onClick={() => run(() => client.sessions.resume({ sessionId }))}
        >
          Resume
        </button>
      </div>
      <Problem error={error} />
    </section>
  );
};
